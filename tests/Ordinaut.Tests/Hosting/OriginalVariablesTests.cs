using Ordinaut.Hosting;

namespace Ordinaut.Tests.Hosting;

/// <summary>What becomes of the variables an installation of the original has.</summary>
public sealed class OriginalVariablesTests
{
    private const string Secret = "hunter2";

    /// <summary>32 bytes: one less is refused.</summary>
    private const string Strong = "q8Zr2LxT0vKe7NwYb4HsJd9GmPuC3FiA";

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
    [InlineData("postgresql://orchestrator:hunter2@db:5433/jobs", "postgres://orchestrator@db:5433/jobs")]
    [InlineData("postgresql+psycopg://orchestrator:hunter2@db/jobs", "postgres://orchestrator@db:5432/jobs")]
    [InlineData(" Postgres://db/jobs ", "postgres://db:5432/jobs")]
    public void A_postgresql_database_leaves_the_data_folder_to_the_rest(string url, string place)
    {
        var data = new Dictionary<string, string> { ["data"] = "mine" };
        var original = new Dictionary<string, string> { ["DATABASE_URL"] = url };

        var check = OptionsCheck.Read(Nothing, data, Nothing, original);

        Assert.Empty(check.Errors.Concat(check.Warnings));
        Assert.Equal(("mine", place), (check.Options.Data, Shown(check)));
    }

    [Theory]
    [InlineData("mysql://root:hunter2@db/x")]
    [InlineData("hunter2")]
    [InlineData("postgres://db:hunter2/x")]
    [InlineData("sqlite://")]
    [InlineData("sqlite:///")]
    [InlineData("sqlite:///folder/")]
    [InlineData("sqlite:///a.db?mode=ro")]
    [InlineData("sqlite:///a%00.db")]
    [InlineData("sqlite:///:memory:")]
    public void Any_other_database_is_refused_in_a_sentence_without_its_password(string url)
    {
        var ours = new Dictionary<string, string> { ["database_url"] = url };
        foreach (var check in new[] { Read(url), OptionsCheck.Read(Nothing, ours, Nothing) })
        {
            var error = Assert.Single(check.Errors);

            Assert.Contains("DATABASE_URL is not readable; it must be a PostgreSQL", error, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Data_in_a_variable_or_flag_of_ours_wins_over_a_file_and_the_other_is_named_as_unused()
    {
        var data = new Dictionary<string, string> { ["data"] = "mine" };
        var original = new Dictionary<string, string> { ["DATABASE_URL"] = "sqlite:///theirs/a.db" };

        foreach (var (environment, flags) in new[] { (data, Nothing), (Nothing, data) })
        {
            var check = OptionsCheck.Read(Nothing, environment, flags, original);

            Assert.Empty(check.Errors);
            Assert.Equal(("mine", "ordinaut.db"), (check.Options.Data, check.Options.DatabaseName));
            Assert.Contains("DATABASE_URL is not used: data", Assert.Single(check.Warnings), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("postgres://ours/jobs", "sqlite:///theirs/a.db", "postgres://ours:5432/jobs")]
    [InlineData("sqlite:///ours/a.db", "postgres://theirs/jobs", "sqlite:///ours/a.db")]
    [InlineData("sqlite:///ours/a.db", "hunter2", "sqlite:///ours/a.db")]
    public void The_url_under_our_own_name_wins(string ours, string theirs, string place)
    {
        var environment = new Dictionary<string, string> { ["database_url"] = ours };
        var original = new Dictionary<string, string> { ["DATABASE_URL"] = theirs };

        var check = OptionsCheck.Read(Nothing, environment, Nothing, original);

        Assert.Empty(check.Errors);
        Assert.Equal(place, Shown(check));
        Assert.Equal("DATABASE_URL is not used: database_url says where the data is.", Assert.Single(check.Warnings));
    }

    [Fact]
    public void The_variable_wins_over_data_in_the_file()
    {
        var file = new Dictionary<string, string> { ["data"] = "theirs" };
        var original = new Dictionary<string, string> { ["DATABASE_URL"] = "sqlite:///mine/a.db" };

        Assert.Equal("mine", OptionsCheck.Read(file, Nothing, Nothing, original).Options.Data);
    }

    [Fact]
    public void Redis_is_where_its_url_says_and_its_password_is_not_shown()
    {
        var check = ReadRedis("redis://orchestrator:hunter2@cache:6380/1");

        Assert.Empty(check.Errors.Concat(check.Warnings));
        Assert.Equal("redis://cache:6380/1", Shown(check, Settings.RedisUrl));
    }

    [Theory]
    [InlineData("redis://cache", "redis://cache:6379/0")]
    [InlineData(" rediss://:p%40ss@cache/2 ", "rediss://cache:6379/2")]
    public void A_redis_url_leaves_out_what_is_usual(string url, string shown) =>
        Assert.Equal(shown, Shown(ReadRedis(url), Settings.RedisUrl));

    [Theory]
    [InlineData("hunter2")]
    [InlineData("http://:hunter2@cache")]
    [InlineData("redis://:hunter2@cache/first")]
    [InlineData("redis://:hunter2@cache/1?a=b")]
    public void Any_other_redis_is_refused_in_a_sentence_without_its_password(string url)
    {
        var ours = new Dictionary<string, string> { ["redis_url"] = url };
        foreach (var check in new[] { ReadRedis(url), OptionsCheck.Read(Nothing, ours, Nothing) })
        {
            var error = Assert.Single(check.Errors);

            Assert.Contains("must be a Redis server such as", error, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Our_own_name_for_redis_wins_and_the_other_is_named_as_unused()
    {
        var ours = new Dictionary<string, string> { ["redis_url"] = "redis://ours" };
        var original = new Dictionary<string, string> { ["REDIS_URL"] = "redis://theirs" };

        var check = OptionsCheck.Read(Nothing, ours, Nothing, original);

        Assert.Equal("redis://ours:6379/0", Shown(check, Settings.RedisUrl));
        Assert.Equal("REDIS_URL is not used: redis_url says where Redis is.", Assert.Single(check.Warnings));
    }

    [Fact]
    public void A_secret_for_tokens_has_no_meaning_here_and_that_is_said()
    {
        var check = ReadSecret(Strong);

        Assert.Empty(check.Errors);
        var warning = Assert.Single(check.Warnings);
        Assert.StartsWith("JWT_SECRET_KEY is not used", warning, StringComparison.Ordinal);
        Assert.Contains("POST /agents/auth/token", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(Strong, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is set and empty")]
    [InlineData("   ", "is set and empty")]
    [InlineData("hunter2", "is shorter than 32 bytes (256 bits)")]
    [InlineData("q8Zr2LxT0vKe7NwYb4HsJd9GmPuC3Fi", "is shorter than 32 bytes")]
    [InlineData("change-me-change-me-change-me-change-me", "can be guessed")]
    [InlineData("your-super-SECRET-key-for-signing-tokens", "can be guessed")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "can be guessed")]
    [InlineData("01234567890123456789012345678901", "can be guessed")]
    public void A_weak_secret_for_tokens_refuses_the_start_without_being_repeated(string secret, string says)
    {
        var check = ReadSecret(secret);

        var error = Assert.Single(check.Errors);
        Assert.StartsWith($"JWT_SECRET_KEY {says}", error, StringComparison.Ordinal);
        Assert.Contains("take the variable away", error, StringComparison.Ordinal);
        Assert.True(secret.Trim().Length == 0 || !error.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_server_keeps_its_data_in_the_file_that_was_named()
    {
        await using var app = await OrdinautApp.Start(configure: options => options with { DatabaseName = "mine.db" });
        await app.AsAdmin();

        Assert.True(File.Exists(Path.Combine(app.Options.Data, "mine.db")));
        Assert.False(File.Exists(Path.Combine(app.Options.Data, "ordinaut.db")));
    }

    private static string Shown(OptionsCheck check, string name = Settings.DatabaseUrl) =>
        Settings.All.Single(setting => setting.Name == name).Show(check.Options);

    private static OptionsCheck ReadSecret(string secret) =>
        OptionsCheck.Read(Nothing, Nothing, Nothing, new Dictionary<string, string> { ["JWT_SECRET_KEY"] = secret });

    private static OptionsCheck ReadRedis(string url) =>
        OptionsCheck.Read(Nothing, Nothing, Nothing, new Dictionary<string, string> { ["REDIS_URL"] = url });

    private static OptionsCheck Read(string url) =>
        OptionsCheck.Read(Nothing, Nothing, Nothing, new Dictionary<string, string> { ["DATABASE_URL"] = url });
}
