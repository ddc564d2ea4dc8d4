using System.Diagnostics;
using System.Globalization;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tools;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

/// <summary>Programs that are no servers.</summary>
public sealed class ServerProcessTests
{
    [Theory]
    [InlineData("/bin/false", "", "The connection broke, or what it sends is not MCP.")]
    // One line that never ends: read no further than a message may be long.
    [InlineData("/bin/cat", "/dev/zero", "It sends more than 4194304 bytes in one message.")]
    [InlineData("/bin/absent", "", "The command '/bin/absent' cannot be started.")]
    [InlineData("/bin/unlisted", "", "The command '/bin/unlisted' is not among those that the setting")]
    public async Task A_program_that_is_no_server_is_down_and_gone(string command, string arg, string expected)
    {
        using var egress = new FakeNetwork(_ => [], _ => throw new InvalidOperationException()).Guarded();
        var settings = new ToolServerInput(Command: command, Args: arg.Length == 0 ? [] : [arg]);
        var log = new RecordedLog<ServerDialer>();
        string[] listed = ["/bin/false", "/bin/cat", "/bin/absent"];
        var dialer = new ServerDialer(egress, FakeMcpServer.Secrets(_ => null), listed, log);
        await using var link = new ServerLink(new ToolServer("fake", settings), dialer, TimeProvider.System);

        var problem = await Assert.ThrowsAsync<Problem>(() => link.List(atOnce: true));

        Assert.StartsWith(expected, problem.Message);
    }

    [Fact]
    public async Task A_program_may_be_slow_to_start()
    {
        using var egress = new FakeNetwork(_ => [], _ => throw new InvalidOperationException()).Guarded();
        var env = new Dictionary<string, string>(WeatherServer.Environment) { ["PATH"] = "/bin:/usr/bin" };
        // Longer than a server that answers at once may take to say which revision it speaks.
        string[] args = ["-c", "sleep 4; exec \"$0\"", WeatherServer.Program];
        var settings = new ToolServerInput(Command: "/bin/sh", Args: args, Env: env);
        var dialer = new ServerDialer(
            egress,
            FakeMcpServer.Secrets(_ => null),
            ["/bin/sh"],
            new RecordedLog<ServerDialer>()
        );
        await using var link = new ServerLink(new ToolServer("slow", settings), dialer, TimeProvider.System);

        Assert.Equal(4, (await link.List(atOnce: true)).Count);
    }

    [Fact]
    public async Task A_program_that_does_not_end_by_itself_is_ended()
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;
        var file = Path.Combine(folder, "pid");
        string[] args =
        [
            "-c",
            $"echo $$ > {file}.new; mv {file}.new {file}; trap '' TERM; while :; do sleep 1000; done",
        ];
        var environment = new Dictionary<string, string> { ["PATH"] = "/bin:/usr/bin" };
        var process = ServerProcess.Start("/bin/sh", args, environment, new RecordedLog<ServerDialer>(), 100);
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (!File.Exists(file))
        {
            await Task.Delay(5, patience.Token);
        }

        var pid = int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
        await process.DisposeAsync();

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
        Directory.Delete(folder, recursive: true);
    }
}
