using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut backup</c>: makes a backup, lists those there are, opens one to see whether it is whole, changes their
/// key. A server with <c>backup_folder</c> backs up by itself.
/// </summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var command = new Command("backup", "Back up the database; a server with backup_folder does so by itself");
        var flags = new BackupFlags();
        flags.AddTo(command);
        command.SetAction((parsed, _) => flags.Run(parsed, Make));
        command.Add(List());
        command.Add(Verify());
        command.Add(RekeyCommand.Rekey());
        command.Add(RekeyCommand.Shred());
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Show the backups that are whole, newest first");
        var flags = new BackupFlags();
        flags.AddTo(command);
        command.SetAction((parsed, _) => flags.Run(parsed, ShowAll));
        return command;
    }

    private static Command Verify()
    {
        var name = new Argument<string?>("name")
        {
            Description = "The backup, as list shows it; the newest when absent",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("verify", "Open everything of a backup, to see that it is as it was written")
        {
            name,
        };
        var flags = new BackupFlags();
        flags.AddTo(command);
        command.SetAction((parsed, _) => flags.Run(parsed, options => Check(options, parsed.GetValue(name))));
        return command;
    }

    private static async Task<int> Make(OrdinautOptions options)
    {
        Show(await BackupDesk.Make(options));
        return Output.Success;
    }

    private static Task<int> ShowAll(OrdinautOptions options)
    {
        foreach (var backup in BackupDesk.List(options))
        {
            Show(backup);
        }

        foreach (var fault in BackupDesk.Faults(options))
        {
            Output.Complain(fault);
        }

        return Task.FromResult(Output.Success);
    }

    private static async Task<int> Check(OrdinautOptions options, string? name)
    {
        var backup = await BackupDesk.Verify(options, name);
        Output.Line($"{backup.Name}: as it was written, {backup.Bytes >> 10} KiB");
        return Output.Success;
    }

    private static void Show(BackupLine backup) =>
        Output.Line(
            $"{backup.Name}  {backup.Store}, ordinaut {backup.Version}, incarnation {backup.Incarnation}, from "
                + $"{Instants.Format(backup.From)} to {Instants.Format(backup.Through)}, {backup.Bytes >> 10} KiB, "
                + $"key {backup.KeyId}"
        );
}
