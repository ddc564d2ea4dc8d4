using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut backup rekey | shred</c>: puts backups under a new key, and, to shred, makes noise of those before.
/// </summary>
internal static class RekeyCommand
{
    public static Command Rekey()
    {
        var command = new Command("rekey", "Put backups under a new key; those before stay readable until they go");
        var flags = new BackupFlags();
        flags.AddTo(command);
        command.SetAction((parsed, _) => flags.Run(parsed, options => Run(options, shreds: false)));
        return command;
    }

    public static Command Shred()
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var command = new Command(
            "shred",
            "Make a new backup under a new key, and make those before unreadable, for good"
        )
        {
            yes,
        };
        var flags = new BackupFlags();
        flags.AddTo(command);
        command.SetAction(
            (parsed, _) =>
                flags.Run(
                    parsed,
                    options =>
                        (parsed.GetValue(yes) ? true : Ask(options)) switch
                        {
                            true => Run(options, shreds: true),
                            false => Refuse("nothing was done", Output.Failure),
                            null => Refuse("nobody is there to ask; say --yes", Output.Misuse),
                        }
                )
        );
        return command;
    }

    private static bool? Ask(OrdinautOptions options) =>
        Output.Agrees(
            $"All backups in '{options.BackupFolder}' become unreadable, for good; a new one takes their place. Go on?"
        );

    private static Task<int> Refuse(string why, int code)
    {
        Output.Complain(why);
        return Task.FromResult(code);
    }

    private static async Task<int> Run(OrdinautOptions options, bool shreds)
    {
        var made = await new Rekeying(options, Output.Progress).Run(shreds);
        Output.Line(
            $"{made.Backup} is the backup under the key {made.KeyId}; {made.Gone.Count} keys before it are out of "
                + $"'{options.BackupKeyFile}'"
        );
        if (shreds)
        {
            Output.Line(
                $"{made.Backups} backups and {made.Logs} files of PostgreSQL's log that only those opened are removed"
            );
            Output.Line(
                "copies of them elsewhere are noise as soon as every copy of the keys before is gone: put the file in "
                    + "the place of each"
            );
        }
        else
        {
            Output.Line(
                "backups under keys before stay readable until they go; put the file in the place of each copy of it"
            );
        }

        made.Faults.ToList().ForEach(Output.Complain);
        return made.Faults.Count == 0 ? Output.Success : Output.Failure;
    }
}
