using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ordinaut.Sdk.Wire;

namespace Ordinaut;

/// <summary>
/// Explains why a body could not be read: walks it beside the record it should have been and names every unknown,
/// repeated or wrongly typed member. Runs only after reading has failed, so it may take its time.
/// </summary>
internal static class BodyFaults
{
    /// <summary>The most findings one answer lists.</summary>
    public const int MaxFindings = 20;

    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = Json.MaxDepth };

    public static Problem Explain(ReadOnlySpan<byte> body, JsonTypeInfo expected)
    {
        var findings = new List<FieldError>();
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            Walk(document.RootElement, expected, "", findings);
        }
        catch (JsonException failure)
        {
            return Syntax(failure);
        }

        return findings.Count == 0
            ? new Problem(ProblemKind.Malformed, $"The body must be {Wanted(expected)}.")
            : new Problem(
                ProblemKind.Malformed,
                findings.Count == 1 ? findings[0].Detail : $"{findings.Count} members cannot be read.",
                findings
            );
    }

    /// <summary>Refuses JSON with text that is none.</summary>
    public static void RequireText(ReadOnlySpan<byte> body)
    {
        if (JsonUnicode.FirstFault(body) is { } at)
        {
            const string what = "half of a surrogate pair, or bytes that are not UTF-8";
            throw new Problem(
                ProblemKind.Malformed,
                $"The body holds text that is not Unicode ({what}) at byte {at + 1}."
            );
        }
    }

    /// <summary>Reads a body of any JSON shape.</summary>
    public static JsonElement ReadAny(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Lenient with { AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException failure)
        {
            throw Syntax(failure);
        }
    }

    private static Problem Syntax(JsonException failure)
    {
        var line = (failure.LineNumber ?? 0) + 1;
        var column = (failure.BytePositionInLine ?? 0) + 1;
        return new Problem(
            ProblemKind.Malformed,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body is not valid JSON of at most {Json.MaxDepth} levels: line {line}, byte {column}."
            )
        );
    }

    private static void Walk(JsonElement value, JsonTypeInfo expected, string pointer, List<FieldError> findings)
    {
        if (findings.Count >= MaxFindings || value.ValueKind == JsonValueKind.Null && pointer.Length > 0)
        {
            return;
        }

        switch (expected.Kind, value.ValueKind)
        {
            case (JsonTypeInfoKind.Object, JsonValueKind.Object):
                WalkMembers(value, expected, pointer, findings);
                break;
            case (JsonTypeInfoKind.Enumerable, JsonValueKind.Array):
                WalkItems(value, expected, pointer, findings);
                break;
            case (JsonTypeInfoKind.None, _) when Fits(value, expected.Type):
                WalkAny(value, pointer, findings);
                break;
            default:
                findings.Add(new FieldError(pointer, $"{Name(pointer)} must be {Wanted(expected)}."));
                break;
        }
    }

    private static void WalkMembers(JsonElement value, JsonTypeInfo expected, string pointer, List<FieldError> findings)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject().TakeWhile(_ => findings.Count < MaxFindings))
        {
            var at = $"{pointer}/{Escape(member.Name)}";
            var known = expected.Properties.FirstOrDefault(property => property.Name == member.Name);
            if (!seen.Add(member.Name))
            {
                findings.Add(new FieldError(at, $"'{member.Name}' is there twice; give it once."));
            }
            else if (known is null)
            {
                findings.Add(new FieldError(at, Unknown(member.Name, expected)));
            }
            else
            {
                Walk(member.Value, expected.Options.GetTypeInfo(known.PropertyType), at, findings);
            }
        }
    }

    /// <summary>In JSON of any shape only a repeated member is wrong.</summary>
    private static void WalkAny(JsonElement value, string pointer, List<FieldError> findings)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var element in value.EnumerateArray())
            {
                WalkAny(element, $"{pointer}/{index++}", findings);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in value.EnumerateObject())
            {
                var at = $"{pointer}/{Escape(member.Name)}";
                if (!seen.Add(member.Name) && findings.Count < MaxFindings)
                {
                    findings.Add(new FieldError(at, $"'{member.Name}' is there twice; give it once."));
                }

                WalkAny(member.Value, at, findings);
            }
        }
    }

    private static void WalkItems(JsonElement value, JsonTypeInfo expected, string pointer, List<FieldError> findings)
    {
        var item = expected.Options.GetTypeInfo(expected.ElementType!);
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            Walk(element, item, $"{pointer}/{index++}", findings);
        }
    }

    private static string Unknown(string name, JsonTypeInfo expected)
    {
        if (expected.Type == typeof(TaskInput) && name == "status")
        {
            return "'status' is not set by hand: POST /tasks/{id}/pause, /resume or /cancel change it.";
        }

        var allowed = expected.Properties.Select(property => property.Name).ToList();
        var shown = Quoted.Of(name);
        return Nearest.Of(name, allowed) is { } nearest
            ? $"{shown} is not a member here; did you mean '{nearest}'?"
            : $"{shown} is not a member here; the members are {string.Join(", ", allowed)}.";
    }

    private static bool Fits(JsonElement value, Type type)
    {
        var wanted = Nullable.GetUnderlyingType(type) ?? type;
        return (value.ValueKind, wanted) switch
        {
            (_, _) when wanted == typeof(JsonElement) => true,
            (JsonValueKind.String, _) when wanted == typeof(string) => true,
            (JsonValueKind.String, _) when wanted == typeof(Guid) => value.TryGetGuid(out _),
            (JsonValueKind.String, _) when wanted == typeof(DateTimeOffset) => Instants.TryParse(
                value.GetString()!,
                out _
            ),
            (JsonValueKind.Number, _) when wanted == typeof(int) => value.TryGetInt32(out _),
            (JsonValueKind.Number, _) when wanted == typeof(long) => value.TryGetInt64(out _),
            (JsonValueKind.Number, _) when wanted == typeof(double) => true,
            (JsonValueKind.True or JsonValueKind.False, _) => wanted == typeof(bool),
            _ => false,
        };
    }

    private static string Wanted(JsonTypeInfo expected)
    {
        var type = Nullable.GetUnderlyingType(expected.Type) ?? expected.Type;
        return expected.Kind switch
        {
            JsonTypeInfoKind.Object => "a JSON object",
            JsonTypeInfoKind.Enumerable => "a JSON array",
            _ when type == typeof(string) => "text",
            _ when type == typeof(Guid) => "a UUID as text",
            _ when type == typeof(DateTimeOffset) => "an RFC 3339 time with an offset, such as 2027-03-28T08:30:00Z",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(double) => "a number",
            _ => "a whole number of at most 32 bits",
        };
    }

    private static string Name(string pointer) => pointer.Length == 0 ? "The body" : $"'{ProblemViews.Field(pointer)}'";

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
