using Ordinaut.Hosting;
using Ordinaut.Tests.Store;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Hosting;

public sealed class OptionsCheckTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void Nothing_configured_means_the_defaults() =>
        Assert.Equal(new OrdinautOptions(), OptionsCheck.Read(Nothing, Nothing, Nothing).Options);

    /// <summary>With <c>ORDINAUT_RELEASE=1</c> it writes the table anew (CONTRIBUTING.md).</summary>
    [Fact]
    public async Task The_page_says_of_every_setting_what_the_program_does()
    {
        var path = Path.Combine(Repository.Root, ConfigurationPage.Path);
        var page = await File.ReadAllTextAsync(path);
        var written = ConfigurationPage.Written(page);
        if (Environment.GetEnvironmentVariable("ORDINAUT_RELEASE") == "1")
        {
            await File.WriteAllTextAsync(path, written);
            return;
        }

        Assert.Equal(written, page);
    }

    public static TheoryData<string> Ranged =>
        [.. Settings.All.Where(setting => setting.Range is not null).Select(setting => setting.Name)];

    [Theory]
    [MemberData(nameof(Ranged))]
    public void A_range_is_taken_up_to_its_edges_and_not_beyond(string name)
    {
        var setting = Settings.All.Single(one => one.Name == name);
        var (least, most, write) = setting.Range!;

        Assert.NotNull(setting.Set(new OrdinautOptions(), write(least)));
        Assert.NotNull(setting.Set(new OrdinautOptions(), write(most)));
        string[] beyond =
            least == 0 && setting.Range.Write(0) is "" ? [write(most + 1)] : [write(least - 1), write(most + 1)];
        foreach (var value in beyond)
        {
            var given = new Dictionary<string, string> { [name] = value };
            var error = Assert.Single(OptionsCheck.Read(Nothing, given, Nothing).Errors);
            Assert.StartsWith(setting.Variable, error, StringComparison.Ordinal);
            Assert.Contains(setting.Wanted, error, StringComparison.Ordinal);
        }
    }

    /// <summary>What is written for people is what is tried at its edges.</summary>
    [Fact]
    public void A_range_is_in_the_words_of_its_setting()
    {
        foreach (var setting in Settings.All)
        {
            var said =
                setting.Range is not { } range ? null
                : range.Least == 0 && range.Write(0) is "" ? $"at most {range.Most} "
                : $"{range.Least} to {range.Most} ";

            Assert.Equal(said is not null, setting.Wanted.Any(char.IsAsciiDigit) && !IsText(setting));
            Assert.StartsWith(said ?? "", setting.Wanted, StringComparison.Ordinal);
        }
    }

    /// <summary>Ports, examples and counts of pairs are no ranges, nor are shares.</summary>
    private static bool IsText(Setting setting) =>
        new[] { "://", ".p12", "such as 0.", "NAME=" }.Any(text =>
            setting.Wanted.Contains(text, StringComparison.Ordinal)
        );

    [Fact]
    public void Flags_win_over_the_environment_and_that_over_the_file()
    {
        var file = new Dictionary<string, string> { ["lease_seconds"] = "10", ["drain_seconds"] = "11" };
        var environment = new Dictionary<string, string> { ["lease_seconds"] = "20", ["issuer"] = "me" };
        var flags = new Dictionary<string, string> { ["lease_seconds"] = "40" };

        var options = OptionsCheck.Read(file, environment, flags).Options;

        Assert.Equal((40, 11, "me"), (options.LeaseSeconds, options.DrainSeconds, options.Issuer));
    }

    [Theory]
    [InlineData("database_url", "postgres://ann:secret@db/jobs\n", "postgres://ann@db:5432/jobs")]
    [InlineData("database_direct_url", "postgres://ann:secret@db/jobs", "postgres://ann@db:5432/jobs")]
    [InlineData("redis_url", "redis://:secret@cache:6379/0", "redis://cache:6379/0")]
    public void A_URL_with_a_password_can_be_in_a_file(string name, string text, string shown)
    {
        using var folder = new TestFolder();
        var file = folder.File + ".url";
        File.WriteAllText(file, text);
        var given = new Dictionary<string, string>
        {
            ["database_url"] = "postgres://bob@other/jobs",
            [$"{name}_file"] = file,
        };

        var right = OptionsCheck.Read(Nothing, given, Nothing);
        File.WriteAllText(file, "secret");
        var wrong = OptionsCheck.Read(Nothing, given, Nothing);
        File.Delete(file);
        var missing = OptionsCheck.Read(Nothing, given, Nothing);

        Assert.Empty(right.Errors);
        Assert.Equal(shown, Settings.All.Single(setting => setting.Name == name).Show(right.Options));
        Assert.Equal(wrong.Errors, missing.Errors);
        Assert.Contains("it must be a file with such a URL", Assert.Single(missing.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_direct_way_to_the_database_stands_beside_a_pooler()
    {
        var given = new Dictionary<string, string> { ["database_direct_url"] = "postgres://ann:secret@db/jobs" };

        var alone = OptionsCheck.Read(Nothing, given, Nothing);
        given["database_url"] = "postgres://ann:secret@pooler:6432/jobs";
        var both = OptionsCheck.Read(Nothing, given, Nothing);

        Assert.Contains("set database_url to the pooler", Assert.Single(alone.Errors), StringComparison.Ordinal);
        Assert.Empty(both.Errors);
        Assert.True(both.Options.Postgres!.IsPooled);
        Assert.DoesNotContain(Settings.All, setting => setting.Show(both.Options).Contains("secret"));
    }

    [Fact]
    public void All_findings_come_at_once()
    {
        var file = new Dictionary<string, string> { ["lease_second"] = "10" };
        var environment = new Dictionary<string, string>
        {
            ["timezone"] = "Mars/Base",
            ["urls"] = "x",
            ["audience"] = "",
        };

        var check = OptionsCheck.Read(file, environment, Nothing);

        Assert.Equal(4, check.Errors.Count);
        Assert.Contains(
            check.Errors,
            error => error.Contains("did you mean 'lease_seconds'", StringComparison.Ordinal)
        );
        Assert.Contains(check.Errors, error => error.Contains("ORDINAUT_TIMEZONE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lease_seconds", "4", false)]
    [InlineData("lease_seconds", "5", true)]
    [InlineData("lease_seconds", "3600", true)]
    [InlineData("lease_seconds", "3601", false)]
    [InlineData("worker_concurrency", "0", false)]
    [InlineData("worker_concurrency", "10000", true)]
    [InlineData("access_token_minutes", "61", false)]
    [InlineData("run_data_mib", "0", false)]
    [InlineData("run_data_mib", "1", true)]
    [InlineData("run_data_mib", "1024", true)]
    [InlineData("run_data_mib", "1025", false)]
    [InlineData("role", "all", true)]
    [InlineData("role", "api,scheduler,worker", true)]
    [InlineData("role", "api", false)]
    [InlineData("role", "boss", false)]
    [InlineData("urls", "http://0.0.0.0:80;http://[::1]:81", true)]
    [InlineData("urls", "ftp://localhost", false)]
    [InlineData("urls", "https://localhost", false)] // There is no certificate: TlsSettingsTests
    [InlineData("egress_allow", "10.0.0.0/8, db.internal:5432", true)]
    [InlineData("egress_allow", "10.0.0.0/99", false)]
    [InlineData("cors_origins", "", true)]
    [InlineData("cors_origins", "https://app.example", true)]
    [InlineData("cors_origins", "https://app.example, http://localhost:3000", true)]
    [InlineData("cors_origins", "*", false)]
    [InlineData("cors_origins", "null", false)]
    [InlineData("cors_origins", "https://*.example", false)]
    [InlineData("cors_origins", "https://app.example/", false)]
    [InlineData("cors_origins", "https://app.example/path", false)]
    [InlineData("cors_origins", "https://App.example", false)]
    [InlineData("cors_origins", "https://app.example:443", false)]
    [InlineData("cors_origins", "https://me@app.example", false)]
    [InlineData("cors_origins", "app.example", false)]
    [InlineData("llm_url", "", true)]
    [InlineData("llm_url", "https://api.example/v1", false)]
    [InlineData("llm_api_key", "sk-1", true)]
    [InlineData("llm_api_key", "sk 1", false)]
    [InlineData("llm_models", "a, b", true)]
    [InlineData("llm_models", "a, a", false)]
    [InlineData("llm_timeout_seconds", "0", false)]
    [InlineData("llm_timeout_seconds", "600", true)]
    [InlineData("llm_timeout_seconds", "601", false)]
    [InlineData("llm_daily_tokens", "0", true)]
    [InlineData("llm_daily_tokens", "1000000000", true)]
    [InlineData("llm_daily_tokens", "1000000001", false)]
    [InlineData("llm_task_tokens", "1000000000", true)]
    [InlineData("llm_task_tokens", "1000000001", false)]
    [InlineData("llm_run_tokens", "0", true)]
    [InlineData("llm_run_tokens", "-1", false)]
    [InlineData("timezone", "Europe/Chisinau", true)]
    [InlineData("log_level", "warning", true)]
    [InlineData("log_level", "loud", false)]
    public void Values_are_checked_at_their_edges(string name, string value, bool fine)
    {
        var check = OptionsCheck.Read(Nothing, Nothing, new Dictionary<string, string> { [name] = value });

        Assert.Equal(fine, check.Errors.Count == 0);
    }

    [Fact]
    public void A_split_role_on_sqlite_says_what_to_do()
    {
        var check = OptionsCheck.Read(Nothing, Nothing, new Dictionary<string, string> { ["role"] = "api" });

        Assert.Contains("SQLite", Assert.Single(check.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_variable_is_a_warning()
    {
        var check = OptionsCheck.Read(Nothing, new Dictionary<string, string> { ["leese_seconds"] = "1" }, Nothing);

        Assert.Empty(check.Errors);
        Assert.Contains("lease_seconds", Assert.Single(check.Warnings), StringComparison.Ordinal);
    }
}
