using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Hostile;
using Ordinaut.Tests.Store;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>A server as operators have one: with tasks, a backup, and the program on the path of their shell.</summary>
internal sealed class RunbookHouse : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-runbook-");
    private readonly Dictionary<string, string> _settings;
    private readonly NodeProcess _node;

    private RunbookHouse()
    {
        _settings = new Dictionary<string, string>
        {
            ["ORDINAUT_DATA"] = Of("data"),
            ["ORDINAUT_BACKUP_FOLDER"] = Of("backups"),
            ["ORDINAUT_BACKUP_KEY_FILE"] = Of("backup.key"),
        };
        _node = new NodeProcess(new NodeSetup(Of("data")) { Variables = _settings });
    }

    public static async Task<RunbookHouse> Open()
    {
        var house = new RunbookHouse();
        try
        {
            await house.Settle();
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>The program and nothing else: what there is, a page makes, on this PostgreSQL.</summary>
    public static RunbookHouse Empty(string postgres)
    {
        var house = new RunbookHouse();
        house._settings.Clear();
        house._settings["SOURCE"] = Repository.Root;
        house._settings["POSTGRES"] = postgres;
        house._settings["PROGRAMS"] = PostgresServer.Programs;
        house._settings["PORT"] = "18080";
        if (Environment.IsPrivilegedProcess)
        {
            // A server of PostgreSQL does not run as root, so nor does a restored one.
            house._settings["ORDINAUT_BACKUP_ACCOUNT"] = PostgresServer.Account;
        }

        Debian.Program("prometheus", "prometheus");
        house.PutOnPath();
        return house;
    }

    /// <summary>Runs a script of Bash in a folder of its own.</summary>
    public Debian.Ended Run(string script)
    {
        Debian.Program("jq", "jq");
        Debian.Program("curl", "curl");
        File.WriteAllText(Of("script"), script);
        string[] settings =
        [
            .. _settings.Select(setting => $"{setting.Key}={setting.Value}"),
            $"ORDINAUT={_node.Address?.ToString().TrimEnd('/')}",
            $"DATA={Of("data")}",
            $"PATH={Of("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
        ];
        return Debian.Run("/usr/bin/env", ["-C", _folder.FullName, .. settings, "bash", Of("script")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private void PutOnPath()
    {
        Directory.CreateDirectory(Of("bin"));
        var program = Path.Combine(AppContext.BaseDirectory, "ordinaut.dll");
        File.WriteAllText(Of("bin/ordinaut"), $"#!/bin/sh\nexec dotnet '{program}' \"$@\"\n");
        Assert.True(Debian.Does("chmod", "0700", Of("bin/ordinaut")));
    }

    private async Task Settle()
    {
        await File.WriteAllTextAsync(Of("backup.key"), SecretKey.Make().Write());
        Assert.True(Debian.Does("chmod", "0600", Of("backup.key")));
        PutOnPath();
        await _node.Start();

        var secret = await File.ReadAllTextAsync(Path.Combine(Of("data"), "admin.json"));
        using var admin = await Party.SignIn(_node.Address!, Json.Read<AgentCredentials>(secret));
        var task = await admin.Post<TaskView>(
            "/tasks",
            """
            {"title": "t", "schedule_kind": "cron", "schedule_expr": "0 0 1 1 *",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.fail"}]}}
            """,
            201
        );
        var run = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "{}", 202);
        await Campaign.Until(
            "a run has failed",
            TimeSpan.FromSeconds(60),
            async () => (await admin.Must<RunView>("GET", $"/runs/{run.Id}")).FinishedAt is not null
        );
        await Campaign.Until("a base is whole", TimeSpan.FromSeconds(60), async () => await IsWell(admin));
    }

    private static async Task<bool> IsWell(Party admin)
    {
        var health = Json.Parse((await admin.Send("GET", "/health")).Body);
        return health.GetProperty("status").GetString() == "ok";
    }

    private string Of(string name) => Path.Combine(_folder.FullName, name);
}
