using System.Globalization;
using System.Text.Json.Nodes;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Hostile;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>The image of <c>deploy/oci/build</c>, unpacked, and started as an engine does.</summary>
public sealed class ImageStories : IDisposable
{
    private const string Program = "/opt/ordinaut/ordinaut";
    private const string Data = "/var/lib/ordinaut";
    private const string Account = "1654:1654";

    private static readonly string Chroot = Debian.Program("chroot", "coreutils");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-image-");

    private string Layout => Path.Combine(_folder.FullName, "image");

    private string Root => Path.Combine(_folder.FullName, "unpacked", "rootfs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_is_built_without_a_registry_and_runs_a_task_on_a_root_that_nobody_can_write()
    {
        var settings = Build();

        Assert.Equal(Account, settings["User"]!.GetValue<string>());
        Assert.Equal(Program, Assert.Single(settings["Entrypoint"]!.AsArray())!.GetValue<string>());
        Assert.Equal("serve", Assert.Single(settings["Cmd"]!.AsArray())!.GetValue<string>());
        Assert.NotNull(settings["Volumes"]![Data]);
        Assert.NotNull(settings["ExposedPorts"]!["8080/tcp"]);
        Assert.Equal("MIT", settings["Labels"]!["org.opencontainers.image.licenses"]!.GetValue<string>());
        Assert.False(File.Exists(Path.Combine(Root, "bin", "sh")));

        await using var node = Node(settings);
        await node.Start();
        Assert.Contains("Uid:\t1654\t1654\t1654\t1654", Of(node, "status"), StringComparison.Ordinal);
        Assert.True(Inside(node, "touch", Root + Data + "/seen").Code == 0);
        Assert.Contains("Read-only", Inside(node, "touch", Root + "/opt/seen").Text, StringComparison.Ordinal);
        Assert.Equal(0, Health(node, node.Address!).Code);
        await SeeATaskRun(node);

        var gone = node.Address!;
        await node.Terminate();
        Assert.Equal(0, await node.Exit());

        // The mutant: what OpenSSL is loaded from is listed by no program, and missed by all.
        Array.ForEach(Directory.GetFiles(Root, "libcrypto.so*", SearchOption.AllDirectories), File.Delete);
        await using var broken = Node(settings);
        Assert.False(await broken.TryStart());
        Assert.Equal(1, Debian.Run(Beside, "health", "--url", gone.ToString()).Code);
    }

    private static string Beside => Path.Combine(Repository.Root, "artifacts/bin/Ordinaut/release/ordinaut");

    /// <summary>Builds and unpacks it; how it is to be started.</summary>
    private JsonObject Build()
    {
        var umoci = Debian.Program("umoci", "umoci");
        var built = Debian.Run(Path.Combine(Repository.Root, "deploy", "oci", "build"), Layout, "--no-build");
        Assert.True(built.Code == 0, built.Text);
        var manifest = Blob(JsonNode.Parse(File.ReadAllText(Path.Combine(Layout, "index.json")))!["manifests"]![0]!);
        var tag = built.Text.Split(':', ',')[2];
        var unpacked = Debian.Run(umoci, "unpack", "--image", $"{Layout}:{tag}", Path.GetDirectoryName(Root)!);
        Assert.True(unpacked.Code == 0, unpacked.Text);
        return Blob(manifest["config"]!)["config"]!.AsObject();
    }

    private JsonNode Blob(JsonNode descriptor)
    {
        var digest = descriptor["digest"]!.GetValue<string>().Split(':');
        return JsonNode.Parse(File.ReadAllText(Path.Combine(Layout, "blobs", digest[0], digest[1])))!;
    }

    /// <summary>In a namespace of its own: a root to read, the volume and <c>/tmp</c> to write.</summary>
    private NodeProcess Node(JsonObject settings)
    {
        var script = $"""
            set -e
            mount --bind {Root} {Root}
            mount -o remount,ro,bind {Root}
            mount -t proc proc {Root}/proc
            mount --rbind /dev {Root}/dev
            mount -t tmpfs tmpfs {Root}/tmp
            mount -t tmpfs -o uid=1654,gid=1654,mode=0700 tmpfs {Root}{Data}
            exec "$@"
            """;
        string[] alone = ["unshare", "--mount", "sh", "-c", script, "sh"];
        string[] environment = ["env", "-i", .. settings["Env"]!.AsArray().Select(each => each!.GetValue<string>())];
        string[] within = [Chroot, $"--userspec={settings["User"]!.GetValue<string>()}", Root];
        return new NodeProcess(
            new NodeSetup(Data) { Program = Program, Under = [.. alone, .. environment, .. within] }
        );
    }

    private Debian.Ended Health(NodeProcess node, Uri server) =>
        Inside(node, Chroot, $"--userspec={Account}", Root, Program, "health", "--url", server.ToString());

    private static Debian.Ended Inside(NodeProcess node, params string[] command) =>
        Debian.Run("nsenter", ["-t", node.Id.ToString(CultureInfo.InvariantCulture), "-m", .. command]);

    private static string Of(NodeProcess node, string file) => File.ReadAllText($"/proc/{node.Id}/{file}");

    private static async Task SeeATaskRun(NodeProcess node)
    {
        var secret = Of(node, $"root{Data}/admin.json");
        using var admin = await Party.SignIn(node.Address!, Json.Read<AgentCredentials>(secret));
        var task = await admin.Post<TaskView>(
            "/tasks",
            """
            {"title": "t", "schedule_kind": "cron", "schedule_expr": "0 0 1 1 *", "timezone": "Europe/Chisinau",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"value": 1}}]}}
            """,
            201
        );
        var run = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "{}", 202);
        await Campaign.Until(
            "the run has succeeded",
            TimeSpan.FromSeconds(30),
            async () => (await admin.Must<RunView>("GET", $"/runs/{run.Id}")).State == "succeeded"
        );
    }
}
