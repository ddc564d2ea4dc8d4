using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Ordinaut.Http;

/// <summary>A query parameter an endpoint understands: how it is read and how the OpenAPI document shows it.</summary>
internal abstract record QueryParameter(string Name, string Description)
{
    /// <summary>Its JSON Schema.</summary>
    public abstract OpenApiSchema Schema { get; }

    protected Problem Wrong(string detail) =>
        new(ProblemKind.Malformed, $"'{Name}' {detail}", new FieldError(Name, $"'{Name}' {detail}"));
}

/// <summary>A query parameter with a value of one type.</summary>
internal abstract record QueryParameter<T>(string Name, string Description) : QueryParameter(Name, Description)
{
    /// <param name="text">The value as sent; null when absent.</param>
    public abstract T Read(string? text);
}

/// <summary>A whole number within a range.</summary>
internal sealed record QueryNumber(string Name, int Least, int Most, int Default, string Description)
    : QueryParameter<int>(Name, Description)
{
    public override OpenApiSchema Schema =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Minimum = Least.ToString(CultureInfo.InvariantCulture),
            Maximum = Most.ToString(CultureInfo.InvariantCulture),
            Default = Default,
        };

    public override int Read(string? text)
    {
        if (text is null)
        {
            return Default;
        }

        var fine = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        return fine && number >= Least && number <= Most
            ? number
            : throw Wrong($"must be a whole number from {Least} to {Most}.");
    }
}

/// <summary>Text of a limited length.</summary>
internal sealed record QueryText(string Name, string Description, int MaxLength = 200)
    : QueryParameter<string?>(Name, Description)
{
    public override OpenApiSchema Schema => new() { Type = JsonSchemaType.String, MaxLength = MaxLength };

    public override string? Read(string? text)
    {
        if (text?.Length > MaxLength)
        {
            throw Wrong($"must have at most {MaxLength} characters.");
        }

        // A database takes NUL for the end of the text, and so would match what was not asked for.
        return text?.Contains('\0') == true ? throw Wrong("must not contain the character NUL.") : text;
    }
}

/// <summary>An RFC 3339 time.</summary>
internal sealed record QueryInstant(string Name, string Description)
    : QueryParameter<DateTimeOffset?>(Name, Description)
{
    public override OpenApiSchema Schema => new() { Type = JsonSchemaType.String, Format = "date-time" };

    public override DateTimeOffset? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }

        // A '+' that was not escaped arrives as a space.
        return Instants.TryParse(text.Replace(' ', '+'), out var instant)
            ? instant
            : throw Wrong("must be an RFC 3339 time with an offset, such as 2027-03-28T08:30:00Z.");
    }
}

/// <summary>A UUID.</summary>
internal sealed record QueryId(string Name, string Description) : QueryParameter<Guid?>(Name, Description)
{
    public override OpenApiSchema Schema => new() { Type = JsonSchemaType.String, Format = "uuid" };

    public override Guid? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return TryParse(text, out var id) ? id : throw Wrong("must be a UUID.");
    }

    /// <summary>The framework's own reader lets spaces around it pass.</summary>
    public static bool TryParse(string text, out Guid id) =>
        Guid.TryParseExact(text, "D", out id) && text.Length == Guid.Empty.ToString().Length;
}

/// <summary>True or false.</summary>
internal sealed record QueryFlag(string Name, string Description) : QueryParameter<bool?>(Name, Description)
{
    public override OpenApiSchema Schema => new() { Type = JsonSchemaType.Boolean };

    public override bool? Read(string? text) =>
        text switch
        {
            null => null,
            "true" => true,
            "false" => false,
            _ => throw Wrong("must be true or false."),
        };
}

/// <summary>One of a few words.</summary>
internal sealed record QueryChoice(string Name, IReadOnlyList<string> Words, string Description)
    : QueryParameter<string?>(Name, Description)
{
    public override OpenApiSchema Schema =>
        new() { Type = JsonSchemaType.String, Enum = [.. Words.Select(word => (JsonNode)word)] };

    public override string? Read(string? text) =>
        text is null || Words.Contains(text) ? text : throw Wrong($"must be one of {string.Join(", ", Words)}.");
}
