using System.CommandLine;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut secrets</c>: stores, lists and deletes secrets of a running server, and changes its key. A value comes
/// from standard input: arguments are seen by everyone on the machine.
/// </summary>
internal static class SecretsCommand
{
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
        SignedIn.Acts(
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
        SignedIn.Acts(delete, (client, parsed, ct) => client.DeleteSecret(parsed.GetRequiredValue(name), ct));
        var list = new Command("list", "Show names and limits; no value is ever shown");
        SignedIn.Acts(list, (client, _, ct) => List(client, ct));
        var rotate = new Command("rotate", "Put all agents' secrets under a new key; needs the scope admin");
        SignedIn.Acts(rotate, (client, _, ct) => Rotate(client, ct));
        return new Command("secrets", "What steps need and nobody reads") { set, list, delete, rotate };
    }

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
