using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// The keywords that bound a count: <c>minLength</c>, <c>maxItems</c>, <c>minProperties</c> and their kin
/// (validation 2020-12, sections 6.3 to 6.5). A text's length is its code points.
/// </summary>
internal sealed class CountKeyword : Assertion
{
    private const int BytesPerUnit = 512;

    private readonly Subject _subject;
    private readonly long _bound;
    private readonly bool _isMinimum;

    private CountKeyword(KeywordSite site, Subject subject, long bound, bool isMinimum)
        : base(site)
    {
        _subject = subject;
        _bound = bound;
        _isMinimum = isMinimum;
    }

    private enum Subject
    {
        Characters,
        Items,
        Members,
    }

    public static void Read(KeywordReader reader, Action<Keyword?> add)
    {
        foreach (
            var (name, subject) in new[]
            {
                ("Length", Subject.Characters),
                ("Items", Subject.Items),
                ("Properties", Subject.Members),
            }
        )
        {
            foreach (var (prefix, isMinimum) in new[] { ("min", true), ("max", false) })
            {
                var keyword = prefix + name;
                if (reader.Count(keyword) is { } bound)
                {
                    add(new CountKeyword(reader.Site(keyword), subject, bound, isMinimum));
                }
            }
        }
    }

    protected override bool Holds(JsonElement value, WorkMeter meter) =>
        Count(value, meter) is not { } count || (_isMinimum ? count >= _bound : count <= _bound);

    protected override string Describe(JsonElement value)
    {
        var noun = (_subject, _bound) switch
        {
            (Subject.Characters, 1) => "character",
            (Subject.Characters, _) => "characters",
            (Subject.Items, 1) => "item",
            (Subject.Items, _) => "items",
            (_, 1) => "member",
            _ => "members",
        };
        var limit = _isMinimum ? "at least" : "at most";
        return $"must have {limit} {_bound} {noun}, but has {Count(value, new WorkMeter(int.MaxValue))}";
    }

    private int? Count(JsonElement value, WorkMeter meter)
    {
        switch (_subject, value.ValueKind)
        {
            case (Subject.Characters, JsonValueKind.String):
                var text = JsonText.Content(value);
                meter.Spend(text.Length / BytesPerUnit);
                return JsonText.CodePoints(text);
            case (Subject.Items, JsonValueKind.Array):
                return value.GetArrayLength();
            case (Subject.Members, JsonValueKind.Object):
                return value.GetPropertyCount();
            default:
                return null;
        }
    }
}
