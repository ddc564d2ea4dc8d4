using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

internal sealed record Pipeline(JsonElement Params, IReadOnlyList<Step> Steps);

internal sealed record Step
{
    public required string Id { get; init; }
    public required string Uses { get; init; }
    public required Template With { get; init; }
    public required string SaveAs { get; init; }
    public Condition? If { get; init; }
    public TimeSpan? Timeout { get; init; }
    public int? MaxRetries { get; init; }
    public OnError OnError { get; init; }
    public Effect? Effect { get; init; }
    public JsonSchema? OutputSchema { get; init; }
    public Template? WhenChanged { get; init; }
}

internal enum OnError
{
    Fail,
    Continue,
}
