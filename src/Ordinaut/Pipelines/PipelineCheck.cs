using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

internal static class PipelineCheck
{
    public static (Pipeline? Pipeline, IReadOnlyList<FieldError> Findings) Check(
        JsonElement payload,
        Func<string, ToolDescription?> tool
    )
    {
        _ = tool;
        var steps = new List<Step>();
        foreach (var s in payload.GetProperty("pipeline").EnumerateArray())
        {
            var id = s.GetProperty("id").GetString()!;
            steps.Add(
                new Step
                {
                    Id = id,
                    Uses = s.GetProperty("uses").GetString()!,
                    SaveAs = s.TryGetProperty("save_as", out var sa) ? sa.GetString()! : id,
                    With = Template.Parse(
                        s.TryGetProperty("with", out var w) ? w : JsonDocument.Parse("{}").RootElement
                    ),
                    If = s.TryGetProperty("if", out var c) ? Condition.Parse(c.GetString()!) : null,
                }
            );
        }

        return (
            new Pipeline(payload.TryGetProperty("params", out var p) ? p : JsonDocument.Parse("{}").RootElement, steps),
            []
        );
    }
}
