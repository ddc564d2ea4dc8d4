using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// <c>properties</c>, <c>patternProperties</c>, <c>additionalProperties</c> and <c>required</c> together: one walk
/// over the object's members answers all four.
/// </summary>
internal sealed class MembersKeyword : Keyword
{
    private const int NameBytesPerUnit = 128;
    private const int ShownNames = 12;
    private const int WordsOnStack = 1;

    private readonly NameTable<Declared> _declared;
    private readonly (SchemaPattern Pattern, SchemaNode Node)[] _patterns;
    private readonly byte[][] _required;
    private readonly SchemaNode? _additional;

    private MembersKeyword(KeywordReader reader, byte[][] required, bool hasApplicators)
        : base(reader.Site("properties"))
    {
        _required = required;
        _patterns = [];
        var declared = new Dictionary<byte[], Declared>(Utf8Comparer.Instance);
        if (hasApplicators)
        {
            _additional = reader.Subschema("additionalProperties");
            _patterns =
            [
                .. reader
                    .NamedSubschemas("patternProperties")
                    .Select(p =>
                        (StringKeywords.Compile(reader, "patternProperties", JsonText.ToText(p.Name)), p.Node)
                    ),
            ];
            foreach (var (name, node) in reader.NamedSubschemas("properties"))
            {
                declared[name] = new Declared(node, -1);
            }
        }

        for (var i = 0; i < required.Length; i++)
        {
            declared[required[i]] = new Declared(declared.GetValueOrDefault(required[i]).Node, i);
        }

        _declared = new NameTable<Declared>(declared);
    }

    public static MembersKeyword? Read(KeywordReader reader, SchemaDialect dialect)
    {
        var required =
            dialect.HasValidation && reader.TryGet("required", out var list) ? reader.Names("required", list) : [];
        var keyword = new MembersKeyword(reader, required, dialect.HasApplicators);
        var isEmpty = keyword._declared.Count == 0 && keyword._patterns.Length == 0 && keyword._additional is null;
        return isEmpty ? null : keyword;
    }

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var words = (_required.Length + 63) / 64;
        var present = words <= WordsOnStack ? stackalloc ulong[WordsOnStack] : new ulong[words];
        if (!run.Meter.Spend(present.Length))
        {
            return false;
        }

        var (valid, index, hint) = (true, 0, 0);
        foreach (var member in value.EnumerateObject())
        {
            valid &= EvaluateMember(member, run, present, ref hint, out var isEvaluated);
            if (isEvaluated)
            {
                run.Arena.Set(marks, index);
            }

            index++;
            if (run.Meter.IsSpent || (!valid && !run.IsCollecting))
            {
                return false;
            }
        }

        return HasRequired(run, present) && valid;
    }

    private bool EvaluateMember(
        JsonProperty member,
        Evaluation run,
        Span<ulong> present,
        ref int hint,
        out bool isEvaluated
    )
    {
        var name = JsonText.Name(member);
        run.Meter.Spend(1 + name.Length / NameBytesPerUnit);
        var valid = EvaluateDeclared(member, run, present, _declared.Find(name, ref hint), out isEvaluated);
        foreach (var (pattern, node) in _patterns)
        {
            if (pattern.IsMatch(name, run.Meter))
            {
                isEvaluated = true;
                valid &= run.EvaluateMember(node, member);
            }
        }

        if (isEvaluated || _additional is null)
        {
            return valid;
        }

        isEvaluated = true;
        return _additional.Always == false ? RefuseUnknown(run, member) : run.EvaluateMember(_additional, member);
    }

    private bool EvaluateDeclared(
        JsonProperty member,
        Evaluation run,
        Span<ulong> present,
        int place,
        out bool isEvaluated
    )
    {
        isEvaluated = false;
        if (place < 0)
        {
            return true;
        }

        var declared = _declared[place];
        if (declared.RequiredIndex >= 0)
        {
            present[declared.RequiredIndex / 64] |= 1UL << (declared.RequiredIndex % 64);
        }

        if (declared.Node is null)
        {
            return true;
        }

        isEvaluated = true;
        return run.EvaluateMember(declared.Node, member);
    }

    private bool RefuseUnknown(Evaluation run, JsonProperty member)
    {
        if (!run.IsCollecting)
        {
            return false;
        }

        var names = Enumerable
            .Range(0, _declared.Count)
            .Where(i => _declared[i].Node is not null)
            .Select(i => JsonText.Quote(_declared.Names[i]))
            .ToList();
        var permitted =
            names.Count == 0 ? ""
            : names.Count <= ShownNames ? $"; known are {string.Join(", ", names)}"
            : $"; known are {string.Join(", ", names.Take(ShownNames))} and {names.Count - ShownNames} others";
        run.ReportMember(member, Site with { Name = "additionalProperties" }, $"is not a known member{permitted}");
        return false;
    }

    private bool HasRequired(Evaluation run, ReadOnlySpan<ulong> present)
    {
        var valid = true;
        for (var i = 0; i < _required.Length; i++)
        {
            if ((present[i / 64] & (1UL << (i % 64))) != 0)
            {
                continue;
            }

            valid = false;
            if (!run.IsCollecting || run.Meter.IsSpent)
            {
                break;
            }

            run.Report(Site.Node, "required", $"is missing the required member {JsonText.Quote(_required[i])}");
        }

        return valid;
    }

    /// <summary>What is said of a name: its subschema, if any, and its place in <c>required</c>, or -1.</summary>
    private readonly record struct Declared(SchemaNode? Node, int RequiredIndex);
}
