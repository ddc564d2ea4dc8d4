using System.CommandLine;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut audit verify</c>: reads the whole audit log, also beside a running server, and says whether it is as it
/// was written.
/// </summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var flags = new ServerFlags();
        var heads = new Option<string?>("--heads")
        {
            Description = "Heads that were kept elsewhere, as audit-heads.jsonl of the data folder has them",
        };
        var verify = new Command("verify", "Check that the audit log is as it was written") { heads };
        flags.AddTo(verify);
        verify.SetAction((parsed, _) => Run(OptionsCheck.Load(flags.Read(parsed)), parsed.GetValue(heads)));
        return new Command("audit", "Look after the audit log") { verify };
    }

    private static async Task<int> Run(OptionsCheck check, string? heads)
    {
        foreach (var finding in check.Errors)
        {
            Output.Complain(finding);
        }

        if (check.Errors.Count > 0)
        {
            return Output.Misuse;
        }

        try
        {
            return Show(await AuditCheck.Run(check.Options, heads));
        }
        catch (Exception failure) when (failure is Problem or IOException or UnauthorizedAccessException)
        {
            Output.Complain(failure.Message);
            return Output.Failure;
        }
    }

    private static int Show(AuditVerdict verdict)
    {
        foreach (var fault in verdict.Faults)
        {
            Output.Line($"block {fault.Block}, sealed {Instants.Format(fault.At)}: {fault.What}");
        }

        Output.Line(
            $"{verdict.Lines} lines in {verdict.Blocks} blocks: {(verdict.Intact ? "intact" : "NOT intact")}; "
                + $"{verdict.OpenLines} not sealed yet, {verdict.OlderLines} older than their blocks"
        );
        if (verdict.Head is { } head)
        {
            Output.Line($"head: block {head.Number}, {head.Hash}");
        }

        return verdict.Intact ? Output.Success : Output.Failure;
    }
}
