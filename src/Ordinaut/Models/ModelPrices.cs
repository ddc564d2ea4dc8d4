using System.Text.Json;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>What tokens cost: a table that the operator keeps, named by its version in every result.</summary>
/// <param name="Version">The operator's name for this table, such as 2027-03.</param>
/// <param name="Currency">ISO 4217, such as USD.</param>
/// <param name="Models">By model: the price of a million tokens in and out.</param>
internal sealed record ModelPrices(
    string? Version,
    string? Currency,
    IReadOnlyDictionary<string, (decimal Input, decimal Output)> Models
)
{
    /// <summary>The largest file in bytes; 1 MiB.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    private const decimal TokensPriced = 1_000_000;

    private static readonly JsonSchema Form = JsonSchema.Compile(
        Json.Parse(
            """
            {
              "type": "object",
              "properties": {
                "version": {"type": "string", "minLength": 1, "maxLength": 100},
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "models": {
                  "type": "object", "maxProperties": 1000,
                  "additionalProperties": {
                    "type": "object",
                    "properties": {
                      "input": {"type": "number", "minimum": 0, "maximum": 1000000},
                      "output": {"type": "number", "minimum": 0, "maximum": 1000000}
                    },
                    "required": ["input", "output"],
                    "additionalProperties": false
                  }
                }
              },
              "required": ["version", "currency", "models"],
              "additionalProperties": false
            }
            """
        )
    );

    /// <summary>No table: every cost is null.</summary>
    public static ModelPrices Unknown { get; } = new(null, null, new Dictionary<string, (decimal, decimal)>());

    /// <summary>Reads a table: <c>{version, currency, models: {name: {input, output}}}</c>.</summary>
    /// <exception cref="Problem">There is no such file, or it is no such table; says what is wrong with it.</exception>
    public static ModelPrices Load(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxFileBytes
                ? Read(File.ReadAllBytes(file))
                : throw Wrong($"it is larger than {MaxFileBytes} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong("it cannot be read.");
        }
    }

    /// <exception cref="Problem">It is no price table.</exception>
    public static ModelPrices Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new() { AllowDuplicateProperties = false });
            var table = document.RootElement;
            if (JsonUnicode.FirstFault(text.Span) is not null)
            {
                throw Wrong("it is not Unicode.");
            }

            return ToolSchemas.Describe(Form, table) is { } fault
                ? throw Wrong(fault)
                : new ModelPrices(
                    table.GetProperty("version").GetString(),
                    table.GetProperty("currency").GetString(),
                    table.GetProperty("models").EnumerateObject().ToDictionary(model => model.Name, PricesOf)
                );
        }
        catch (JsonException)
        {
            throw Wrong("it is not valid JSON, or says something twice.");
        }
    }

    /// <summary>What these tokens cost; null where the table does not know the model.</summary>
    public decimal? CostOf(string model, TokenCount tokens) =>
        Models.TryGetValue(model, out var price)
            ? (tokens.Input * price.Input + tokens.Output * price.Output) / TokensPriced
            : null;

    private static (decimal Input, decimal Output) PricesOf(JsonProperty model) =>
        (Price(model.Value.GetProperty("input")), Price(model.Value.GetProperty("output")));

    private static decimal Price(JsonElement number) =>
        number.TryGetDecimal(out var price) ? price : throw Wrong("a price has too many digits.");

    private static Problem Wrong(string why) =>
        Problem.Invalid(
            "/llm_prices",
            "llm_prices is not a price table {version, currency, models: {name: {input, output}}}: " + why
        );
}
