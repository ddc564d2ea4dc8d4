using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Simulation;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Conformance;

/// <summary>
/// Several nodes on one database, on which a course is played while the model follows: after each set of acts the
/// database must hold what the model holds after some order of them.
/// </summary>
internal sealed class Cluster : IDisposable
{
    public const int Nodes = 3;

    private const int MaxDrain = 400;

    private static readonly string[] Tables =
    [
        .. "task task_version task_tag occurrence queue run_input run attempt step event audit dedupe".Split(' '),
    ];

    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    private readonly ConcurrentDictionary<(Guid Run, long Epoch), (QueuedRun Run, RunPlan Plan)> _claims = new();
    private readonly StoryClock _clock;
    private readonly IReadOnlyList<TestNode> _nodes;
    private readonly TestFolder? _folder;

    private Cluster(StoryClock clock, IReadOnlyList<Db> databases, TestFolder? folder)
    {
        _clock = clock;
        _folder = folder;
        _nodes =
        [
            .. Enumerable
                .Range(0, Nodes)
                .Select(i => new TestNode(new CoreBundle(clock, databases[i % databases.Count]), $"n{i}", _claims)),
        ];
    }

    public Db Db => _nodes[0].Core.Db;

    /// <summary>How many sets of several acts have been done at once.</summary>
    public int Meetings { get; private set; }

    /// <summary>Whether acts of a set are done on threads of their own; else one after another.</summary>
    private bool IsParallel { get; init; } = true;

    public static async Task<Cluster> Open(string engine, Mutant? mutant = null)
    {
        var clock = new StoryClock(CoreBundle.At(CoreBundle.Monday));
        if (engine != "sqlite")
        {
            // A statement is known by its text's place in memory, so each is rewritten once.
            var rewritten = new ConcurrentDictionary<string, string>();
            var settings = PgBouncer.Settings(engine) with
            {
                FixedNow = clock.GetUtcNow,
                WorkConnections = 4,
                Rewrite = mutant is null ? null : sql => rewritten.GetOrAdd(sql, mutant.Rewrite),
            };
            var nodes = Enumerable.Range(0, Nodes).Select(_ => Task.Run(() => Db.Open(settings, TimeProvider.System)));
            return new Cluster(clock, await Task.WhenAll(nodes), null);
        }

        if (mutant is not null)
        {
            return new Cluster(clock, [await Db.InMemory(clock, mutant.Rewrite)], null) { IsParallel = false };
        }

        var folder = new TestFolder();
        return new Cluster(clock, [await Db.Open(folder.File, clock)], folder);
    }

    /// <summary>Plays a course on an empty database; returns what was wrong, null when nothing was.</summary>
    public async Task<string?> Play(Course course, bool toTheEnd = true)
    {
        await Empty();
        var play = new Play(_nodes, _clock, IsParallel);
        foreach (var set in course.Sets)
        {
            if (await play.Do(set) is { } fault)
            {
                return fault;
            }

            Meetings += set.Count > 1 ? 1 : 0;
        }

        return await TableCheck.Fault(Db) ?? (toTheEnd ? await End(play) : null);
    }

    public void Dispose()
    {
        foreach (var db in _nodes.Select(node => node.Core.Db).Distinct())
        {
            db.Dispose();
        }

        _folder?.Dispose();
    }

    /// <summary>Whatever lives can be brought to its end, and when its time has passed, all of history goes.</summary>
    private async Task<string?> End(Play play)
    {
        for (var i = 0; (await Snapshot.Of(Db)).HasLive; i++)
        {
            var next = new[] { new Op(Verb.Claim, 3, 0), new Op(Verb.Report, 1, 0), new Op(Verb.Advance, 0, 0) };
            var fault = i == MaxDrain ? "Runs are left that come to no end." : await play.Do([next[i % next.Length]]);
            if (fault is not null)
            {
                return fault;
            }
        }

        _clock.MoveTo(_clock.GetUtcNow() + 2 * Kept);
        var keep = new RetentionSettings(Kept, Kept, Kept, Kept);
        var retention = new Retention(Db, keep, _clock, NullLogger<Retention>.Instance);
        while (await retention.DoBatch() > 0) { }

        // Tasks stay, keys until no window is so long, and what was done until it is sealed.
        string[] staying = ["task ", "dedupe ", "audit "];
        var left = (await Snapshot.Of(Db)).Lines;
        return
            left.FirstOrDefault(line => !staying.Any(word => line.StartsWith(word, StringComparison.Ordinal)))
                is { } first
            ? $"Retention left '{first}'."
            : null;
    }

    private async Task Empty()
    {
        _clock.MoveTo(new DateTimeOffset(_clock.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero));
        foreach (var node in _nodes)
        {
            node.Forget();
        }

        _claims.Clear();
        await Db.Write(
            async session =>
            {
                foreach (var table in Tables)
                {
                    await session.Execute(Emptying[table]);
                }
            },
            Lane.Upkeep
        );
    }

    // A statement is known by its text's place in memory: made once.
    private static readonly Dictionary<string, string> Emptying = Tables.ToDictionary(
        table => table,
        table => $"delete from {table}"
    );
}
