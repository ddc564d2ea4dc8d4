namespace Ordinaut.Tools.BuiltIn;

/// <summary>The tools that need nothing but a clock and the way out; the others come with their nouns.</summary>
internal static class BuiltInTools
{
    public static IReadOnlyList<ITool> All(Egress egress, TimeProvider clock) =>
        [
            new HttpRequestTool(egress, clock),
            new WebhookSendTool(egress, clock),
            new TextTemplateTool(),
            new JsonTransformTool(),
            new DebugEchoTool(),
            new DebugFailTool(),
            new DebugSleepTool(clock),
        ];
}
