using System.Text;
using Ordinaut.Models;

namespace Ordinaut.Tests.Models;

public sealed class ModelPricesTests
{
    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{}", "version")]
    [InlineData("""{"version":"1","currency":"usd","models":{}}""", "/currency")]
    [InlineData("""{"version":"1","currency":"USD","models":{"a":{"input":1}}}""", "/models/a")]
    [InlineData("""{"version":"1","currency":"USD","models":{"a":{"input":-1,"output":1}}}""", "/models/a/input")]
    [InlineData("""{"version":"1","version":"2","currency":"USD","models":{}}""", "twice")]
    [InlineData("""{"version":"\ud800","currency":"USD","models":{}}""", "Unicode")]
    public void A_wrong_table_is_pointed_at(string text, string pointedAt)
    {
        var problem = Assert.Throws<Problem>(() => ModelPrices.Read(Encoding.UTF8.GetBytes(text)));

        Assert.Contains(pointedAt, problem.Message, StringComparison.Ordinal);
        Assert.Contains("llm_prices", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_explained()
    {
        var problem = Assert.Throws<Problem>(() => ModelPrices.Load("no-such-prices.json"));

        Assert.Contains("cannot be read", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Costs_are_exact()
    {
        var prices = ModelPrices.Read(
            """{"version":"1","currency":"EUR","models":{"a":{"input":0.1,"output":0.2}}}"""u8.ToArray()
        );

        Assert.Equal(0.0000005m, prices.CostOf("a", new TokenCount(1, 2)));
        Assert.Null(prices.CostOf("b", new TokenCount(1, 2)));
        Assert.Null(ModelPrices.Unknown.CostOf("a", new TokenCount(1, 2)));
    }
}
