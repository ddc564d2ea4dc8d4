using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary><c>ordinaut drill</c>: restores a backup beside everything, to see whether it could carry on.</summary>
internal static class DrillCommand
{
    public static Command Create()
    {
        var at = new Option<string?>("--at")
        {
            Description = "The instant to go back to; the end of the backup when absent",
        };
        var heads = new Option<string?>("--heads")
        {
            Description = "Heads of the audit log that were kept elsewhere, as audit-heads.jsonl has them",
        };
        var spool = new Option<string?>("--spool")
        {
            Description = "PostgreSQL: the folder backup-log, as for restore",
        };
        var command = new Command("drill", "Rehearse a restore on a copy, and print what it costs")
        {
            at,
            heads,
            spool,
        };
        var flags = new BackupFlags();
        flags.AddTo(command);
        command.SetAction(
            (parsed, _) =>
                flags.Run(
                    parsed,
                    async options =>
                        Show(
                            await new Drill(options, parsed.GetValue(heads)).Run(
                                RestoreCommand.Instant(parsed.GetValue(at)),
                                parsed.GetValue(spool)
                            )
                        )
                )
        );
        return command;
    }

    private static int Show(DrillReport report)
    {
        foreach (var check in report.Checks)
        {
            Output.Line($"{(check.IsFine ? "ok  " : "FAIL")} {check.Name}: {check.Detail}");
        }

        Output.Line("rows: " + string.Join(", ", report.Rows.Select(row => $"{row.Value} {row.Key}")));
        Output.Line($"RPO: {(report.Behind is { } behind ? $"{behind.TotalSeconds:0.0} s" : "not known")}");
        Output.Line($"RTO: {report.Took.TotalSeconds:0.0} s");
        return report.IsFine ? Output.Success : Output.Failure;
    }
}
