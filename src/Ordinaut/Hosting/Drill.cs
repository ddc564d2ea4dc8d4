#pragma warning disable RS0030 // Makes one agent of its own, in a process that ends with it.

using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Backups;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>What a drill found.</summary>
/// <param name="To">What the restored database knows ends here.</param>
/// <param name="Behind">How far that is behind the drill's beginning: what a disaster at that moment had cost.</param>
/// <param name="Took">From the empty folder to the first run that succeeded.</param>
/// <param name="Rows">By table.</param>
internal sealed record DrillReport(
    DateTimeOffset? To,
    TimeSpan? Behind,
    TimeSpan Took,
    IReadOnlyDictionary<string, long> Rows,
    IReadOnlyList<DrillCheck> Checks
)
{
    public bool IsFine => Checks.All(check => check.IsFine);
}

/// <summary>One thing that was looked at.</summary>
internal sealed record DrillCheck(string Name, bool IsFine, string Detail);

/// <summary>
/// Restores a backup into a folder of its own, and sees whether what comes out could carry on: on a copy in which
/// everybody is stopped, so that nothing is done a second time.
/// </summary>
internal sealed class Drill(OrdinautOptions options, string? heads)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly List<DrillCheck> _checks = [];
    private Dictionary<string, long> _rows = [];
    private TimeSpan _took;

    /// <param name="at">The instant to go back to; null: as far as the backup goes.</param>
    public async Task<DrillReport> Run(DateTimeOffset? at, string? spool = null)
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-drill-");
        var (began, startedAt) = (Clock.GetTimestamp(), Clock.GetUtcNow());
        try
        {
            var given = await SecretSettings.AskForKeys(options, Clock);
            var copy = Copy(given, Path.Combine(folder.FullName, "data"));
            var wish = new RestoreWish(at)
            {
                Target = Path.Combine(folder.FullName, "server"),
                Spool = spool,
                Then = async socket =>
                {
                    await Check("pg_amcheck", () => Amcheck(socket));
                    await Look(copy with { PostgresUrl = socket.Address }, began);
                },
            };
            if (options.Postgres is not null)
            {
                LetThrough(folder.FullName);
            }

            Restored? restored = null;
            await Check(
                "restore",
                async () =>
                {
                    restored = await BackupDesk.Restore(copy, wish);
                    return (true, $"{restored.Backup} opens, and is a database");
                }
            );
            if (options.Postgres is null && restored is not null)
            {
                await Look(copy, began);
            }

            return new DrillReport(restored?.To, startedAt - restored?.To, _took, _rows, _checks);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One look, whatever comes of it: a drill tells of all that is wrong.</summary>
    private async Task<bool> Check(string name, Func<Task<(bool IsFine, string Detail)>> look)
    {
        try
        {
            var (isFine, detail) = await look();
            _checks.Add(new DrillCheck(name, isFine, detail));
            return isFine;
        }
        catch (Exception failure) when (failure is Problem or OrdinautException or HttpRequestException or IOException)
        {
            _checks.Add(new DrillCheck(name, false, failure.Message));
            return false;
        }
    }

    /// <summary>Nothing of the original's surroundings: no Redis, mail, models, programs, backups.</summary>
    private static OrdinautOptions Copy(OrdinautOptions options, string data) =>
        new()
        {
            Data = data,
            DatabaseName = options.DatabaseName,
            PostgresUrl = options.PostgresUrl,
            DatabaseDirectUrl = options.DatabaseDirectUrl,
            Urls = "http://127.0.0.1:0",
            BackupFolder = options.BackupFolder,
            BackupKey = options.BackupKey,
            BackupKeyFile = options.BackupKeyFile,
            BackupPrograms = options.BackupPrograms,
            BackupAccount = options.BackupAccount,
            AuditRetentionDays = options.AuditRetentionDays,
            RunRetentionDays = options.RunRetentionDays,
            EventRetentionDays = options.EventRetentionDays,
            SecretsKey = options.SecretsKey,
            SecretsKeyFile =
                options.SecretsKey.Length > 0 ? ""
                : options.SecretsKeyFile.Length > 0 ? options.SecretsKeyFile
                : Path.Combine(Path.GetFullPath(options.Data), KeyFile.DefaultName),
        };

    private async Task Look(OrdinautOptions copy, long began)
    {
        AgentCredentials? driller = null;
        await Check(
            "content",
            async () =>
            {
                driller = await Examine(copy);
                return (true, $"{_rows.Values.Sum()} rows are read");
            }
        );
        if (driller is null)
        {
            return;
        }

        await Check(
            "server",
            async () =>
            {
                await using var server = await Serve.Start(copy with { BackupFolder = "", DatabaseDirectUrl = "" });
                await GoOn(server, driller, began);
                return (true, "starts on it");
            }
        );
    }

    private async Task GoOn(Serve server, AgentCredentials driller, long began)
    {
        var address = new Uri(server.Addresses[0]);
        TaskView? task = null;
        await Check(
            "paused",
            async () =>
            {
                using var client = await OrdinautClient.SignIn(address, driller);
                task = await client.CreateTask(Quiet());
                var held = (await client.RunNow(task.Id)).State;
                return (held == "queued", $"before the takeover a run is {held}");
            }
        );
        await Check(
            "run",
            async () =>
            {
                var takeover = server.Services.GetRequiredService<Takeover>();
                await takeover.Run(new Caller(Guid.Parse(driller.AgentId), Scope.Admin), null);
                // With the takeover all tokens have ended.
                using var client = await OrdinautClient.SignIn(address, driller);
                var run = task is null ? "no task" : await Ended(client, task.Id);
                _took = Clock.GetElapsedTime(began);
                return (run == "succeeded", $"after the takeover it has {run}");
            }
        );
    }

    private async Task<AgentCredentials> Examine(OrdinautOptions copy)
    {
        using var db = copy.Postgres is { } server
            ? await Db.Open(server, Clock)
            : await Db.Open(Path.Combine(copy.Data, copy.DatabaseName), Clock);
        _rows = await db.Read(DrillStore.Count);
        if (db.IsShared)
        {
            var open = await db.Read(DrillStore.Unchecked);
            _checks.Add(new DrillCheck("constraints", open == 0, $"{open} are not checked"));
        }

        await Check("audit", () => Audit(db, copy));
        await Check("secrets", () => Secrets(db, copy));
        var ids = new Ids(Clock, Random.Shared);
        var id = ids.Next();
        var secret = await db.Write(session =>
        {
            var input = new AgentInput($"drill-{id:N}", [Scope.Admin.Text()]);
            var agent = Agent.New(id, input, Scope.Admin, session.Now);
            return DrillStore.Isolate(session, agent, new AuditLog(ids));
        });
        return new AgentCredentials(id.ToString(), secret);
    }

    private static async Task<(bool, string)> Secrets(Db db, OrdinautOptions copy)
    {
        var keys = new KeyRing(SecretSettings.SourceOf(copy));
        var (all, unopened) = await db.Read(session => DrillStore.Secrets(session, keys));
        return (unopened == 0, $"{all - unopened} of {all} open");
    }

    /// <summary>To the newest head that was told before the backup ended.</summary>
    private async Task<(bool, string)> Audit(Db db, OrdinautOptions copy)
    {
        var cluster = await db.Read(ClusterStore.Get);
        var told = heads is null ? [] : await AuditHeads.Read(heads);
        var kept = told.Where(head => cluster.RestoredTo is not { } to || head.At <= to).ToList();
        var verifier = new AuditVerifier(db, TimeSpan.FromDays(copy.AuditRetentionDays));
        var verdict = await verifier.Verify(new Caller(Guid.Empty, Scope.Admin), kept);
        var against = heads is null ? "without heads from outside" : $"with {kept.Count} heads from outside";
        return (verdict.Intact, $"{verdict.Lines} lines, {against}");
    }

    /// <summary>Reads every page of every table and index, where that program is installed.</summary>
    private async Task<(bool, string)> Amcheck(PostgresSettings socket)
    {
        string[] arguments = ["--install-missing", "--heapallindexed", "-w"];
        await BackupSettings.Programs(options).AsUs.Run("pg_amcheck", arguments, socket.ForPrograms());
        return (true, "PostgreSQL finds nothing wrong");
    }

    private static TaskInput Quiet() =>
        new()
        {
            Title = "Drill",
            ScheduleKind = "cron",
            ScheduleExpr = "0 0 1 1 *",
            Payload = JsonElement.Parse(
                """{"pipeline": [{"id": "say", "uses": "debug.echo", "with": {"it": "goes on"}}]}"""
            ),
        };

    private static async Task<string> Ended(OrdinautClient client, Guid taskId)
    {
        var began = Clock.GetTimestamp();
        var state = "not run";
        while (Clock.GetElapsedTime(began) < Patience)
        {
            var runs = await client.RunsOf(taskId);
            state = runs.Items is [var run, ..] ? run.State : state;
            if (runs.Items is [{ FinishedAt: not null }, ..])
            {
                break;
            }

            await Task.Delay(Poll, Clock);
        }

        return state;
    }

    /// <summary>Whom PostgreSQL runs as must get to its folder.</summary>
    private static void LetThrough(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                folder,
                File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute
            );
        }
    }
}
