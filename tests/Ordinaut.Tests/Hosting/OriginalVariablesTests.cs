using Ordinaut.Hosting;

namespace Ordinaut.Tests.Hosting;

/// <summary>What becomes of the variables an installation of the original has.</summary>
public sealed class OriginalVariablesTests
{
    private const string Secret = "hunter2";

    private static readonly Dictionary<string, string> Nothing = [];

    [Theory]
    [InlineData("sqlite:///data.db", ".", "data.db")]
    [InlineData("sqlite:///folder/data.db", "folder", "data.db")]
    [InlineData("sqlite:////var/lib/ordinaut/data.db", "/var/lib/ordinaut", "data.db")]
    [InlineData("sqlite+pysqlite:////srv/my%20data/data.db", "/srv/my data", "data.db")]
    [InlineData(" SQLITE:///a.db ", ".", "a.db")]
    public void A_sqlite_file_says_where_the_data_is(string url, string folder, string name)
    {
        var check = Read(url);

        Assert.Empty(check.Errors);
        Assert.Equal((folder, name), (check.Options.Data, check.Options.DatabaseName));
    }

    [Theory]
    [InlineData("postgresql://orchestrator:hunter2@db:5432/orchestrator", "PostgreSQL")]
    [InlineData("postgresql+psycopg://orchestrator:hunter2@db/orchestrator", "PostgreSQL")]
    [InlineData("postgres://hunter2", "PostgreSQL")]
    [InlineData("mysql://root:hunter2@db/x", "SQLite file")]
    [InlineData("hunter2", "SQLite file")]
    [InlineData("sqlite://", "SQLite file")]
    [InlineData("sqlite:///", "SQLite file")]
    [InlineData("sqlite:///folder/", "SQLite file")]
    [InlineData("sqlite:///a.db?mode=ro", "SQLite file")]
    [InlineData("sqlite:///a%00.db", "SQLite file")]
    [InlineData("sqlite:///:memory:", "forget everything")]
    public void Any_other_database_is_refused_in_a_sentence_without_its_password(string url, string says)
    {
        var error = Assert.Single(Read(url).Errors);

        Assert.StartsWith("DATABASE_URL ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_in_a_variable_or_flag_of_ours_wins_and_the_other_is_named_as_unused()
    {
        var data = new Dictionary<string, string> { ["data"] = "mine" };
        var original = new Dictionary<string, string> { ["DATABASE_URL"] = $"postgresql://{Secret}" };

        foreach (var (environment, flags) in new[] { (data, Nothing), (Nothing, data) })
        {
            var check = OptionsCheck.Read(Nothing, environment, flags, original);

            Assert.Empty(check.Errors);
            Assert.Equal(("mine", "ordinaut.db"), (check.Options.Data, check.Options.DatabaseName));
            Assert.Contains("DATABASE_URL is not used", Assert.Single(check.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_variable_wins_over_data_in_the_file()
    {
        var file = new Dictionary<string, string> { ["data"] = "theirs" };
        var original = new Dictionary<string, string> { ["DATABASE_URL"] = "sqlite:///mine/a.db" };

        Assert.Equal("mine", OptionsCheck.Read(file, Nothing, Nothing, original).Options.Data);
    }

    [Theory]
    [InlineData("REDIS_URL", "redis://:hunter2@cache:6379/0", "needs no Redis")]
    [InlineData("JWT_SECRET_KEY", "hunter2", "POST /agents/auth/token")]
    public void What_has_no_meaning_here_is_named(string name, string value, string says)
    {
        var original = new Dictionary<string, string> { [name] = value };

        var check = OptionsCheck.Read(Nothing, Nothing, Nothing, original);

        Assert.Empty(check.Errors);
        var warning = Assert.Single(check.Warnings);
        Assert.StartsWith($"{name} is not used", warning, StringComparison.Ordinal);
        Assert.Contains(says, warning, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_keeps_its_data_in_the_file_that_was_named()
    {
        await using var app = await OrdinautApp.Start(configure: options => options with { DatabaseName = "mine.db" });
        await app.AsAdmin();

        Assert.True(File.Exists(Path.Combine(app.Options.Data, "mine.db")));
        Assert.False(File.Exists(Path.Combine(app.Options.Data, "ordinaut.db")));
    }

    private static OptionsCheck Read(string url) =>
        OptionsCheck.Read(Nothing, Nothing, Nothing, new Dictionary<string, string> { ["DATABASE_URL"] = url });
}
