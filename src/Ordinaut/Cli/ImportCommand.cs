using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary><c>ordinaut import</c>: brings over the agents and tasks of the original system.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from")
        {
            Description = "The original's database, such as postgres://user@host/database; it is only read",
            Required = true,
        };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would become of each" };
        var command = new Command("import", "Bring over agents and tasks of the original system, paused") { from, dry };
        var flags = new ServerFlags();
        flags.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var check = OptionsCheck.Load(flags.Read(parsed));
                if (check.Errors.Count > 0)
                {
                    check.Errors.ToList().ForEach(Output.Complain);
                    return Output.Misuse;
                }

                try
                {
                    var place = parsed.GetRequiredValue(from);
                    return Show(await ImportDesk.Run(check.Options, place, parsed.GetValue(dry)));
                }
                catch (Exception failure) when (failure is Problem or IOException or UnauthorizedAccessException)
                {
                    Output.Complain(failure.Message);
                    return Output.Failure;
                }
            }
        );
        return command;
    }

    /// <summary>Ends with code 1 when anything was refused.</summary>
    private static int Show(Imported imported)
    {
        imported.Words.ToList().ForEach(Output.Line);
        return imported.IsWhole ? Output.Success : Output.Failure;
    }
}
