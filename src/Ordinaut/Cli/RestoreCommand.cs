using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut restore</c>: makes a database of a backup. Nothing fires on it before somebody takes over.
/// </summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var at = new Option<string?>("--at")
        {
            Description =
                "The instant to go back to, such as 2027-03-28T08:30:00Z; as far as the backup goes when absent",
        };
        var takeover = new Option<bool>("--takeover")
        {
            Description = "Let it go on at its next start: what it was copied from is gone for good",
        };
        var gap = new Option<string>("--gap")
        {
            Description = "hold: what was due since the backup is not done, and told of; run: nothing of it was done",
            DefaultValueFactory = _ => "hold",
        };
        var to = new Option<string?>("--to") { Description = "PostgreSQL: the folder of the new server" };
        var spool = new Option<string?>("--spool")
        {
            Description = "PostgreSQL: the folder backup-log that a server's data folder has, if it was saved",
        };
        var declare = new Option<bool>("--declare")
        {
            Description = "Say of the database that it was restored, by other means; restores nothing",
        };
        var command = new Command("restore", "Make a database of a backup") { at, takeover, gap, to, spool, declare };
        var flags = new BackupFlags();
        flags.AddTo(command);
        command.SetAction(
            (parsed, _) =>
                flags.Run(
                    parsed,
                    options =>
                    {
                        var wish = new RestoreWish(
                            Instant(parsed.GetValue(at)),
                            parsed.GetValue(takeover),
                            RestoreWish.GapOf(parsed.GetValue(gap)!)
                        )
                        {
                            Target = parsed.GetValue(to),
                            Spool = parsed.GetValue(spool),
                        };
                        return parsed.GetValue(declare) ? Declare(options, wish) : Run(options, wish);
                    }
                )
        );
        return command;
    }

    private static async Task<int> Run(OrdinautOptions options, RestoreWish wish)
    {
        var restored = await BackupDesk.Restore(options, wish);
        var to = restored.To is { } instant ? $" to {Instants.Format(instant)}" : "";
        Output.Line(
            $"{restored.Backup} was restored{to} in {restored.Took.TotalSeconds:0.0} s; the cluster begins its life "
                + $"{restored.Incarnation}"
        );
        Tell(wish);
        return Output.Success;
    }

    private static async Task<int> Declare(OrdinautOptions options, RestoreWish wish)
    {
        Output.Line($"the cluster begins its life {await BackupDesk.Declare(options, wish)}");
        Tell(wish);
        return Output.Success;
    }

    private static void Tell(RestoreWish wish) =>
        Output.Line(
            wish.TakesOver
                ? "it takes over at its next start"
                : "it is paused: nothing fires before POST /cluster/takeover, or a restore with --takeover"
        );

    public static DateTimeOffset? Instant(string? text) =>
        text is null ? null
        : Instants.TryParse(text, out var at) ? at
        : throw Problem.Invalid("--at", "--at must be an RFC 3339 time with an offset, such as 2027-03-28T08:30:00Z.");
}
