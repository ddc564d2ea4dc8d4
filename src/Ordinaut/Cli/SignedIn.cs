using System.CommandLine;
using Ordinaut.Hosting;
using Ordinaut.Sdk;

namespace Ordinaut.Cli;

/// <summary>Verbs that ask a running server.</summary>
internal static class SignedIn
{
    public static readonly Option<string> Url = new("--url")
    {
        Description = "The running server",
        DefaultValueFactory = _ => "http://127.0.0.1:8080",
    };

    /// <summary>What a verb does, signed in as the variables or the data folder say.</summary>
    public static void Acts(Command verb, Func<OrdinautClient, ParseResult, CancellationToken, Task> act)
    {
        var flags = new ServerFlags();
        flags.AddTo(verb);
        verb.Options.Add(Url);
        verb.SetAction(
            async (parsed, ct) =>
            {
                try
                {
                    var check = OptionsCheck.Load(flags.Read(parsed));
                    if (check.Errors.Count > 0)
                    {
                        check.Errors.ToList().ForEach(Output.Complain);
                        return Output.Misuse;
                    }

                    var credentials = await ClientIdentity.Find(check.Options.Data, ct);
                    using var client = await OrdinautClient.SignIn(Server(parsed), credentials, ct);
                    await act(client, parsed, ct);
                    return Output.Success;
                }
                catch (Exception failure)
                    when (failure is Problem or OrdinautException or IOException or HttpRequestException)
                {
                    Output.Complain(failure.Message);
                    return Output.Failure;
                }
            }
        );
    }

    public static Uri Server(ParseResult parsed) =>
        Uri.TryCreate(parsed.GetValue(Url), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw Problem.Invalid("/url", "--url must be the address of a server, such as http://127.0.0.1:8080.");
}
