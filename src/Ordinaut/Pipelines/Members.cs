using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Pipelines;

/// <summary>The members of one object of a payload, by name.</summary>
internal sealed class Members
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly string _pointer;
    private readonly string _noun;
    private readonly Findings _findings;

    private Members(string pointer, string noun, Findings findings)
    {
        _pointer = pointer;
        _noun = noun;
        _findings = findings;
    }

    /// <summary>Reads them; a name that stands there twice is a finding.</summary>
    public static Members Read(JsonElement value, string pointer, string noun, Findings findings)
    {
        var members = new Members(pointer, noun, findings);
        foreach (var member in value.EnumerateObject())
        {
            var name = JsonText.ToText(JsonText.Name(member));
            if (!members._values.TryAdd(name, member.Value))
            {
                findings.Add(members.PointerTo(name), $"the {noun} has '{JsonText.Shorten(name)}' twice; keep one");
            }
        }

        return members;
    }

    public bool TryGet(string name, out JsonElement value) => _values.TryGetValue(name, out value);

    public string PointerTo(string name) => $"{_pointer}/{JsonPointers.Escape(name)}";

    public void RefuseUnknown(params IReadOnlyList<string> known)
    {
        foreach (var name in _values.Keys)
        {
            if (!known.Contains(name))
            {
                _findings.Add(
                    PointerTo(name),
                    $"a {_noun} has no member '{JsonText.Shorten(name)}'{Nearest.Hint(name, known)}"
                );
            }
        }
    }
}
