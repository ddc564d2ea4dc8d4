using Ordinaut.Imports;

namespace Ordinaut.Tests.Imports;

public sealed class TranslationTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${now}", "${now}")]
    [InlineData("a ${x} b ${y}", "a ${x} b ${y}")]
    [InlineData("$${x}", "${'$'}${x}")]
    [InlineData("$$${x}", "${'$$'}${x}")]
    [InlineData("${}", "$${}")]
    [InlineData("$${}", "${'$'}$${}")]
    [InlineData("5 $ or {6}", "5 $ or {6}")]
    [InlineData("${x", "$${x")]
    public void A_text_means_here_what_it_meant_there(string original, string ours) =>
        Assert.Equal(ours, Translation.Template(original));
}
