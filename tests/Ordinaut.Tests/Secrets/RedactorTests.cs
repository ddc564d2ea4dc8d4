using System.Text;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Secrets;

/// <summary>Known values are found and taken out, and nothing else is.</summary>
public sealed class RedactorTests
{
    private static readonly Guid Ann = Guid.Parse("0197a000-0000-7000-8000-000000000001");
    private static readonly Guid Bob = Guid.Parse("0197a000-0000-7000-8000-000000000002");

    [Theory]
    [InlineData(
        """{"a":"x correct horse y","b":[1,"correct horse"]}""",
        """{"a":"x [secret:k] y","b":[1,"[secret:k]"]}"""
    )]
    [InlineData("""{"correct horse":1}""", """{"[secret:k]":1}""")]
    [InlineData("\"CORRECT HORSEcorrect horse\"", "\"[secret:k][secret:k]\"")]
    [InlineData("\"correct\\u0020horse\"", "\"[secret:k]\"")]
    [InlineData("""{"a":"correct hors","n":1.50,"z":null}""", """{"a":"correct hors","n":1.50,"z":null}""")]
    [InlineData("12345678", "\"[secret:n]\"")]
    [InlineData("-123456789.5", "\"-[secret:n]9.5\"")]
    [InlineData("1234567", "1234567")]
    public void Values_go_and_the_rest_stays(string output, string cleaned)
    {
        var redactor = new Redactor();
        redactor.Learn(Ann, "k", "correct horse");
        redactor.Learn(Ann, "n", "12345678");

        var result = redactor.Clean(Ann, new ToolResult.Ok(Json.Parse(output)));

        Assert.Equal(cleaned, Assert.IsType<ToolResult.Ok>(result).Output.GetRawText());
    }

    [Fact]
    public void Of_two_values_the_longer_one_goes_whole()
    {
        var redactor = new Redactor();
        redactor.Learn(Ann, "short", "correct horse");
        redactor.Learn(Ann, "long", "correct horse battery");

        Assert.Equal("[secret:long], [secret:short]", redactor.Clean("correct horse battery, correct horse"));
    }

    [Fact]
    public void One_agents_secrets_are_nothing_to_another()
    {
        var redactor = new Redactor();
        redactor.Learn(Ann, "k", "correct horse");
        redactor.Learn(Redactor.Operator, "env:A", "operator's own");
        var said = new ToolResult.Failed("a", "correct horse, operator's own", Retryable: false);

        Assert.Equal(
            "correct horse, [secret:env:A]",
            Assert.IsType<ToolResult.Failed>(redactor.Clean(Bob, said)).Message
        );
        Assert.Equal("[secret:k], [secret:env:A]", redactor.Clean(said.Message));
    }

    [Theory]
    [InlineData(Redactor.MinLength, true)]
    [InlineData(Redactor.MinLength - 1, false)]
    public void What_is_too_short_to_be_told_apart_is_left(int length, bool goes)
    {
        var redactor = new Redactor();
        var value = new string('x', length);
        redactor.Learn(Ann, "k", value);

        Assert.Equal(goes ? "[secret:k]" : value, redactor.Clean(value));
    }

    [Fact]
    public void The_oldest_values_are_forgotten_when_there_are_too_many()
    {
        var redactor = new Redactor();
        for (var i = 0; i <= KnownSecrets.MaxValues; i++)
        {
            redactor.Learn(Ann, "k", $"value number {i}.");
        }

        Assert.Equal("value number 0.", redactor.Clean("value number 0."));
        Assert.Equal("[secret:k]", redactor.Clean("value number 1."));
        Assert.Equal("[secret:k]", redactor.Clean($"value number {KnownSecrets.MaxValues}."));
    }

    /// <summary>At each place in a longer text base64 makes other characters of the same bytes.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Base64_of_a_longer_text_is_searched_too(int before)
    {
        var redactor = new Redactor();
        redactor.Learn(Ann, "k", "correct horse");
        for (var after = 0; after < 4; after++)
        {
            var text = new string('a', before) + "correct horse" + new string('b', after);
            var cleaned = redactor.Clean(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

            Assert.Contains("[secret:k]", cleaned);
            Assert.True(cleaned.Length < "[secret:k]".Length + before + after + 8, cleaned);
        }
    }
}
