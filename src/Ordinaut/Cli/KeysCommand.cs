using System.CommandLine;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Cli;

/// <summary><c>ordinaut keys</c>: what a running server signs tokens with.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var atOnce = new Option<bool>("--at-once")
        {
            Description = "End every key before now, and with it every access token: somebody else has one",
        };
        var rotate = new Command("rotate", "Sign tokens with a new key; needs the scope admin") { atOnce };
        SignedIn.Acts(
            rotate,
            async (client, parsed, ct) =>
            {
                var rotated = await client.RotateKeys(new RotateKeys(parsed.GetValue(atOnce)), ct);
                Output.Line(
                    $"{rotated.KeyId} signs from {Instants.Format(rotated.SignsAt)} on; tokens by the keys before are "
                        + $"valid until {Instants.Format(rotated.OthersEndAt)}"
                );
            }
        );
        return new Command("keys", "What tokens are signed with") { rotate };
    }
}
