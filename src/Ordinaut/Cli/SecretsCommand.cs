using System.CommandLine;
using Ordinaut.Hosting;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut secrets</c>: stores, lists and deletes secrets of a running server, and changes its key. A value comes
/// from standard input: arguments are seen by everyone on the machine.
/// </summary>
internal static class SecretsCommand
{
    private static readonly Option<string> Url = new("--url")
    {
        Description = "The running server",
        DefaultValueFactory = _ => "http://127.0.0.1:8080",
    };

    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The secret's name" };
        var tools = new Option<string[]>("--tool")
        {
            Description = "A tool it is for, such as http.request; all if none",
        };
        var hosts = new Option<string[]>("--host") { Description = "A host it is for; all if none" };
        var text = new Option<string?>("--description") { Description = "What it is" };
        var set = new Command("set", "Store the value that standard input gives, less its last line break")
        {
            name,
            tools,
            hosts,
            text,
        };
        Acts(
            set,
            async (client, parsed, ct) =>
            {
                var input = new SecretInput(
                    await Value(ct),
                    parsed.GetValue(tools),
                    parsed.GetValue(hosts),
                    parsed.GetValue(text)
                );
                var view = await client.PutSecret(parsed.GetRequiredValue(name), input, ct);
                Output.Line($"{view.Name} version {view.Version}");
            }
        );
        var delete = new Command("delete", "Delete a secret; steps that name it fail from then on") { name };
        Acts(delete, (client, parsed, ct) => client.DeleteSecret(parsed.GetRequiredValue(name), ct));
        var list = new Command("list", "Show names and limits; no value is ever shown");
        Acts(list, (client, _, ct) => List(client, ct));
        var rotate = new Command("rotate", "Put all agents' secrets under a new key; needs the scope admin");
        Acts(rotate, (client, _, ct) => Rotate(client, ct));
        return new Command("secrets", "What steps need and nobody reads") { set, list, delete, rotate };
    }

    /// <summary>What a verb does, signed in as the variables or the data folder say.</summary>
    private static void Acts(Command verb, Func<OrdinautClient, ParseResult, CancellationToken, Task> act)
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

    private static Uri Server(ParseResult parsed) =>
        Uri.TryCreate(parsed.GetValue(Url), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw Problem.Invalid("/url", "--url must be the address of a server, such as http://127.0.0.1:8080.");

    private static async Task<string> Value(CancellationToken ct)
    {
        var (input, _) = Output.Pipes();
        using var reader = new StreamReader(input);
        return (await reader.ReadToEndAsync(ct)).TrimEnd('\r', '\n');
    }

    private static async Task List(OrdinautClient client, CancellationToken ct)
    {
        foreach (var secret in (await client.ListSecrets(ct)).Items)
        {
            var tools = secret.Tools.Count == 0 ? "all tools" : string.Join(", ", secret.Tools);
            var hosts = secret.Hosts.Count == 0 ? "all hosts" : string.Join(", ", secret.Hosts);
            Output.Line($"{secret.Name, -24} version {secret.Version}, {tools}, {hosts}  {secret.Description}");
        }
    }

    private static async Task Rotate(OrdinautClient client, CancellationToken ct)
    {
        var rotated = await client.RotateSecrets(ct);
        Output.Line($"{rotated.Resealed} secrets are under the key {rotated.KeyId} now");
    }
}
