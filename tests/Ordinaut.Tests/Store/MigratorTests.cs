using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

public sealed class MigratorTests : IDisposable
{
    private const string Applied = "select name from migration order by name";
    private const string Schema = "select group_concat(sql, char(10)) from sqlite_schema where name <> 'migration'";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_script_is_applied_once_and_in_order()
    {
        using (await _folder.Open()) { }

        using var again = await _folder.Open();

        var names = await again.Read(session => session.Query(Applied, row => row.Text(0)));
        Assert.Equal(Migrator.Scripts().Select(script => script.Name), names);
    }

    [Fact]
    public async Task A_database_that_exists_has_the_schema_of_a_new_one()
    {
        using var fresh = await Db.InMemory(_folder.Clock);
        using (await _folder.Open()) { }

        using var migrated = await _folder.Open();

        Assert.Equal(await Text(fresh), await Text(migrated));
    }

    [Fact]
    public async Task A_script_that_was_applied_with_other_text_stops_the_program()
    {
        using (var db = await _folder.Open())
        {
            await db.Write(async session => await session.Execute("update migration set checksum = 'edited'"));
        }

        var problem = await Assert.ThrowsAsync<Problem>(_folder.Open);
        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.Contains(Migrator.Scripts().First().Name, problem.Message);
    }

    [Fact]
    public async Task Many_that_open_at_once_make_one_database()
    {
        var opening = Enumerable.Range(0, 8).Select(_ => Task.Run(_folder.Open)).ToList();

        var databases = await Task.WhenAll(opening);

        var names = await databases[0].Read(session => session.Query(Applied, row => row.Text(0)));
        Assert.Equal(Migrator.Scripts().Count(), names.Count);
        foreach (var db in databases)
        {
            db.Dispose();
        }
    }

    [Fact]
    public async Task The_engine_is_one_without_the_known_defect_and_keeps_what_it_promised()
    {
        using var db = await _folder.Open();

        var version = await db.Read(session => session.First("select sqlite_version()", row => row.Text(0)));
        var mode = await db.Write(session => session.First("pragma journal_mode", row => row.Text(0)));
        var synchronous = await db.Write(session => session.First("pragma synchronous", row => row.Long(0)));

        Assert.True(new Version(version!) >= SqliteConnections.OldestSafe);
        Assert.Equal("wal", mode);
        Assert.Equal(2, synchronous);
    }

    private static Task<string?> Text(Db db) => db.Read(session => session.First(Schema, row => row.Text(0)));
}
