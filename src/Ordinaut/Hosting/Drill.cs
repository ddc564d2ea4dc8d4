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

    /// <param name="at">The instant to go back to; null: as far as the backup goes.</param>
    public async Task<DrillReport> Run(DateTimeOffset? at, string? spool = null)
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-drill-");
        var (began, startedAt) = (Clock.GetTimestamp(), Clock.GetUtcNow());
        try
        {
            var copy = Copy(Path.Combine(folder.FullName, "data"));
            TimeSpan took = default;
            var wish = new RestoreWish(at)
            {
                Target = Path.Combine(folder.FullName, "server"),
                Spool = spool,
                Then = async socket =>
                {
                    await Amcheck(socket);
                    took = await Look(copy with { PostgresUrl = socket.Address }, began);
                },
            };
            if (options.Postgres is not null)
            {
                // Whom PostgreSQL runs as must get to its folder.
                Open(folder.FullName);
            }

            var restored = await BackupDesk.Restore(copy, wish);
            if (options.Postgres is null)
            {
                _checks.Add(new DrillCheck("integrity_check", true, "SQLite finds nothing wrong"));
                took = await Look(copy, began);
            }

            return new DrillReport(restored.To, startedAt - restored.To, took, _rows, _checks);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Nothing of the original's surroundings: no Redis, mail, models, programs, backups.</summary>
    private OrdinautOptions Copy(string data) =>
        new()
        {
            Data = data,
            DatabaseName = options.DatabaseName,
            PostgresUrl = options.PostgresUrl,
            PostgresDirectUrl = options.PostgresDirectUrl,
            Urls = "http://127.0.0.1:0",
            BackupFolder = options.BackupFolder,
            BackupKey = options.BackupKey,
            BackupKeyFile = options.BackupKeyFile,
            BackupPrograms = options.BackupPrograms,
            BackupAccount = options.BackupAccount,
            AuditRetentionDays = options.AuditRetentionDays,
            RunRetentionDays = 3_650,
            EventRetentionDays = 3_650,
            SecretsKey = options.SecretsKey,
            SecretsKeyFile =
                options.SecretsKey.Length > 0 ? ""
                : options.SecretsKeyFile.Length > 0 ? options.SecretsKeyFile
                : Path.Combine(Path.GetFullPath(options.Data), KeyFile.DefaultName),
        };

    private async Task<TimeSpan> Look(OrdinautOptions copy, long began)
    {
        var driller = await Examine(copy);
        await using var server = await Serve.Start(copy with { BackupFolder = "", PostgresDirectUrl = "" });
        var address = new Uri(server.Addresses[0]);
        using var before = await OrdinautClient.SignIn(address, driller);
        _checks.Add(new DrillCheck("login", true, "an agent signs in"));
        var task = await before.CreateTask(Quiet());
        var held = (await before.RunNow(task.Id)).State;
        var takeover = server.Services.GetRequiredService<Takeover>();
        await takeover.Run(new Caller(Guid.Parse(driller.AgentId), Scope.Admin), null);
        // With the takeover all tokens have ended.
        using var client = await OrdinautClient.SignIn(address, driller);
        var run = await Ended(client, task.Id);
        var took = Clock.GetElapsedTime(began);
        _checks.Add(new DrillCheck("paused", held == "queued", $"before the takeover a run is {held}"));
        _checks.Add(new DrillCheck("run", run == "succeeded", $"after the takeover it has {run}"));
        return took;
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

        await Audit(db, copy);
        var keys = new KeyRing(SecretSettings.SourceOf(copy));
        var (all, shut) = await db.Read(session => DrillStore.Secrets(session, keys));
        _checks.Add(new DrillCheck("secrets", shut == 0, $"{all - shut} of {all} open"));
        var ids = new Ids(Clock, Random.Shared);
        var id = ids.Next();
        var secret = await db.Write(session =>
        {
            var input = new AgentInput($"drill-{id:N}", [Scope.Admin.Text()]);
            var agent = Agent.New(id, input, Scope.Admin, session.Now);
            return DrillStore.Tame(session, agent, new AuditLog(ids));
        });
        return new AgentCredentials(id.ToString(), secret);
    }

    /// <summary>To the newest head that was told before the backup ended.</summary>
    private async Task Audit(Db db, OrdinautOptions copy)
    {
        var cluster = await db.Read(ClusterStore.Get);
        var told = heads is null ? [] : await AuditHeads.Read(heads);
        var kept = told.Where(head => cluster.RestoredTo is not { } to || head.At <= to).ToList();
        var verifier = new AuditVerifier(db, await SigningKeys.Read(db), TimeSpan.FromDays(copy.AuditRetentionDays));
        var verdict = await verifier.Verify(new Caller(Guid.Empty, Scope.Admin), kept);
        var against = heads is null ? "without heads from outside" : $"with {kept.Count} heads from outside";
        _checks.Add(new DrillCheck("audit", verdict.Intact, $"{verdict.Lines} lines, {against}"));
    }

    /// <summary>Reads every page of every table and index, where that program is installed.</summary>
    private async Task Amcheck(PostgresSettings socket)
    {
        string[] arguments = ["--install-missing", "--heapallindexed", "-w"];
        try
        {
            await BackupSettings.Programs(options).AsUs.Run("pg_amcheck", arguments, socket.ForPrograms());
            _checks.Add(new DrillCheck("pg_amcheck", true, "PostgreSQL finds nothing wrong"));
        }
        catch (Problem problem)
        {
            _checks.Add(new DrillCheck("pg_amcheck", false, problem.Message));
        }
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

    private static void Open(string folder)
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
