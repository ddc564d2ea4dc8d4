using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Pipelines;

/// <summary>What is wrong with a payload, collected.</summary>
internal sealed class Findings
{
    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> Errors => _errors;

    public bool IsFull => _errors.Count >= PipelineLimits.Findings;

    public void Add(string pointer, string detail)
    {
        if (!IsFull)
        {
            _errors.Add(new FieldError(pointer, detail));
        }
    }

    /// <summary>The value as text; null, with a finding, when it is something else.</summary>
    public string? Text(JsonElement value, string pointer, string name)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return JsonText.ToText(value);
        }

        Add(pointer, $"{name} must be a string, but is {JsonTypes.Name(value)}");
        return null;
    }

    /// <summary>The value as an integer of a range; null, with a finding, when it is something else.</summary>
    public int? Integer(JsonElement value, string pointer, string name, (int Least, int Most) range)
    {
        var isInteger = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _);
        if (isInteger && value.GetInt32() >= range.Least && value.GetInt32() <= range.Most)
        {
            return value.GetInt32();
        }

        Add(pointer, $"{name} must be an integer from {range.Least} to {range.Most}, but is {JsonText.Show(value)}");
        return null;
    }

    /// <summary>The member of an enumeration by its wire name; null, with a finding, when it is none.</summary>
    public T? Choice<T>(JsonElement value, string pointer, string name, params ReadOnlySpan<(string Name, T Value)> all)
        where T : struct
    {
        foreach (var (wireName, choice) in all)
        {
            if (value.ValueKind == JsonValueKind.String && JsonText.ToText(value) == wireName)
            {
                return choice;
            }
        }

        var names = new List<string>();
        foreach (var (wireName, _) in all)
        {
            names.Add(wireName);
        }

        Add(pointer, $"{name} must be {string.Join(" or ", names)}, but is {JsonText.Show(value)}");
        return null;
    }
}
