using System.CommandLine;
using System.Text;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut agent secret</c>: a new secret for an agent whose own is lost, such as the admin's. It is run beside the
/// database and needs no server, and nobody to sign in.
/// </summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The agent's name; the first admin's is admin" };
        var to = new Option<string?>("--to")
        {
            Description = "A file for it (0600), such as admin.json of the data folder; standard output when absent",
        };
        var secret = new Command("secret", "Give an agent a new secret; the one before and all its tokens end")
        {
            name,
            to,
        };
        var flags = new ServerFlags();
        flags.AddTo(secret);
        secret.SetAction(
            (parsed, _) =>
                Run(OptionsCheck.Load(flags.Read(parsed)), parsed.GetRequiredValue(name), parsed.GetValue(to))
        );
        return new Command("agent", "Look after agents, beside the database") { secret };
    }

    private static async Task<int> Run(OptionsCheck check, string name, string? to)
    {
        check.Errors.ToList().ForEach(Output.Complain);
        if (check.Errors.Count > 0)
        {
            return Output.Misuse;
        }

        try
        {
            // A file that cannot be written keeps nobody out: the next secret is as good as this one.
            var credentials = Json.Write(await AgentDesk.NewSecret(check.Options, name));
            if (to is null)
            {
                Output.Line(credentials);
            }
            else
            {
                OwnerOnly.Replace(to, Encoding.UTF8.GetBytes(credentials + "\n"));
                Output.Line($"the secret of {name} is in '{to}'; the one before and its tokens have ended");
            }

            return Output.Success;
        }
        catch (Exception failure) when (failure is Problem or IOException or UnauthorizedAccessException)
        {
            Output.Complain(failure.Message);
            return Output.Failure;
        }
    }
}
