using Ordinaut.Hosting;

namespace Ordinaut.Tests.Hosting;

public sealed class LlmSettingsTests
{
    private const string Key = "sk-loud-and-secret";

    private static readonly Dictionary<string, string> Nothing = [];

    [Theory]
    [InlineData("https://api.example/v1", "")]
    [InlineData("http://127.0.0.1:11434/v1", "")]
    [InlineData("http://[::1]:11434/v1", "")]
    [InlineData("http://model.example/v1", "https")]
    [InlineData("https://api.example/v1?key=1", "must be the root")]
    [InlineData("https://api.example/v1?", "must be the root")]
    [InlineData("https://me:pass@api.example/v1", "must be the root")]
    [InlineData("https://api.example/v1#a", "must be the root")]
    [InlineData("http://127.0.0.1:0/v1", "must be the root")]
    [InlineData("api.example", "must be the root")]
    public void An_endpoint_that_is_wrong_is_explained_without_a_secret(string url, string expected)
    {
        var check = Check(("llm_url", url), ("llm_api_key", Key), ("llm_models", "a"));

        Assert.Equal(expected.Length == 0 ? 0 : 1, check.Errors.Count);
        Assert.All(check.Errors, error => Assert.Contains(expected, error, StringComparison.Ordinal));
        Assert.All(check.Errors, error => Assert.DoesNotContain("pass", error, StringComparison.Ordinal));
        Assert.All(Settings.All, s => Assert.DoesNotContain(Key, s.Show(check.Options), StringComparison.Ordinal));
    }

    [Fact]
    public void An_endpoint_without_a_model_says_what_to_set() =>
        Assert.Contains(
            "llm_models",
            Assert.Single(Check(("llm_url", "https://api.example/v1")).Errors),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_price_table_that_is_not_there_is_explained()
    {
        var check = Check(
            ("llm_url", "https://api.example/v1"),
            ("llm_models", "a"),
            ("llm_prices", "no-such-prices.json")
        );

        Assert.Contains("cannot be read", Assert.Single(check.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_models_may_be_named_and_not_one_more()
    {
        var most = string.Join(',', Enumerable.Range(0, LlmSettings.MaxModels));

        Assert.Empty(Check(("llm_models", most)).Errors);
        Assert.Single(Check(("llm_models", most + ",more")).Errors);
    }

    private static OptionsCheck Check(params (string Name, string Value)[] given) =>
        OptionsCheck.Read(Nothing, Nothing, given.ToDictionary(one => one.Name, one => one.Value));
}
