using System.CommandLine;
using System.Text.Json;
using Ordinaut.Hosting;
using Ordinaut.Sdk;

namespace Ordinaut.Cli;

/// <summary><c>ordinaut health</c>: whether a server can take requests, for engines that ask a program.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var command = new Command("health", "See whether a running server can take requests; code 1 when not")
        {
            SignedIn.Url,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                try
                {
                    var health = await OrdinautClient.Health(SignedIn.Server(parsed), ct);
                    Output.Line(health.Status);
                    return health.Status == HealthProbe.Failing ? Output.Failure : Output.Success;
                }
                catch (Exception failure) when (failure is Problem or HttpRequestException or JsonException)
                {
                    Output.Complain(failure.Message);
                    return Output.Failure;
                }
            }
        );
        return command;
    }
}
