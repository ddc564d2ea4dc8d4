using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Ordinaut.Tools;

/// <summary>The values of one agent's secrets, found in text and JSON whatever form they have there.</summary>
internal sealed class KnownSecrets
{
    /// <summary>The values remembered; 1,000. Of more the oldest, replaced long ago, are forgotten.</summary>
    public const int MaxValues = 1_000;

    private readonly Lock _turn = new();
    private readonly List<(string Name, string Value)> _values = [];
    private volatile Finder? _finder;

    public void Add(string name, string value)
    {
        lock (_turn)
        {
            if (_values.Contains((name, value)))
            {
                return;
            }

            _values.Add((name, value));
            if (_values.Count > MaxValues)
            {
                _values.RemoveAt(0);
            }

            // Made anew when it is next needed: many are learnt before anything is looked through.
            _finder = null;
        }
    }

    public string Clean(string text) => Current().TryClean(text, out var cleaned) ? cleaned : text;

    public JsonElement Clean(JsonElement value)
    {
        var finder = Current();
        return Holds(finder, value) ? ToolOutput.Of(writer => Write(finder, writer, value)) : value;
    }

    private Finder Current()
    {
        if (_finder is { } known)
        {
            return known;
        }

        lock (_turn)
        {
            return _finder = new Finder(_values);
        }
    }

    private static bool Holds(Finder finder, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Any(m => finder.Finds(m.Name) || Holds(finder, m.Value)),
            JsonValueKind.Array => value.EnumerateArray().Any(item => Holds(finder, item)),
            JsonValueKind.String => finder.Finds(value.GetString()!),
            JsonValueKind.Number => finder.Finds(value.GetRawText()),
            _ => false,
        };

    private static void Write(Finder finder, Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(finder.TryClean(member.Name, out var name) ? name : member.Name);
                    Write(finder, writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(finder, writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when finder.TryClean(value.GetString()!, out var text):
                writer.WriteStringValue(text);
                break;
            case JsonValueKind.Number when finder.TryClean(value.GetRawText(), out var digits):
                writer.WriteStringValue(digits);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>All forms of all values, looked for at once. Letter case makes no difference: hex has either.</summary>
    private sealed class Finder
    {
        private readonly List<(string Form, string Placeholder)> _forms;
        private readonly SearchValues<string> _search;

        public Finder(IEnumerable<(string Name, string Value)> values)
        {
            // The longest first: where one form begins another, all of it goes.
            _forms =
            [
                .. values
                    .SelectMany(secret =>
                        SecretForms.Of(secret.Value).Select(form => (form, Redactor.Placeholder(secret.Name)))
                    )
                    .OrderByDescending(form => form.form.Length),
            ];
            _search = SearchValues.Create([.. _forms.Select(form => form.Form)], StringComparison.OrdinalIgnoreCase);
        }

        public bool Finds(ReadOnlySpan<char> text) => text.ContainsAny(_search);

        public bool TryClean(string text, [NotNullWhen(true)] out string? cleaned)
        {
            cleaned = null;
            var found = text.AsSpan().IndexOfAny(_search);
            if (found < 0)
            {
                return false;
            }

            var kept = new StringBuilder();
            var from = 0;
            while (found >= 0)
            {
                var at = from + found;
                var (form, placeholder) = _forms.Find(known =>
                    text.AsSpan(at).StartsWith(known.Form, StringComparison.OrdinalIgnoreCase)
                );
                kept.Append(text, from, at - from).Append(placeholder);
                from = at + form.Length;
                found = text.AsSpan(from).IndexOfAny(_search);
            }

            cleaned = kept.Append(text, from, text.Length - from).ToString();
            return true;
        }
    }
}
