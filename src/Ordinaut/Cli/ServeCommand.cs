using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary><c>ordinaut serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var flags = new ServerFlags();
        var command = new Command("serve", "Run the server");
        flags.AddTo(command);
        command.SetAction((parsed, ct) => Run(OptionsCheck.Load(flags.Read(parsed)).WithFiles(), null, ct));
        return command;
    }

    /// <param name="show">What to do as soon as the server is ready.</param>
    public static async Task<int> Run(
        OptionsCheck check,
        Func<Serve, OrdinautOptions, CancellationToken, Task>? show,
        CancellationToken ct
    )
    {
        foreach (var finding in check.Warnings.Concat(check.Errors))
        {
            Output.Complain(finding);
        }

        if (check.Errors.Count > 0)
        {
            return Output.Misuse;
        }

        try
        {
            await using var server = await Serve.Start(check.Options);
            Output.Line($"ordinaut is ready at {string.Join(", ", server.Addresses)}, data in {check.Options.Place}");
            if (show is not null)
            {
                await show(server, check.Options, ct);
            }

            await server.Wait(ct);
            return Output.Success;
        }
        catch (Exception failure) when (failure is Problem or IOException)
        {
            // A file that cannot be read or written is named by its message.
            Output.Complain(failure.Message);
            return Output.Failure;
        }
    }
}
