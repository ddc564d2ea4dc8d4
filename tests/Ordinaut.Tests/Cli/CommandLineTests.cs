using Ordinaut.Cli;

namespace Ordinaut.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("srve", "did you mean 'serve'?")]
    [InlineData(
        "banana",
        "The verbs are dev, serve, mcp, bench, audit, backup, restore, drill, import, agent, alerts, secrets, keys,"
    )]
    [InlineData("serve --ulrs http://127.0.0.1:1", "did you mean '--urls'?")]
    [InlineData("config chek", "did you mean 'check'?")]
    [InlineData("config check --strange", "'ordinaut config check --help'")]
    [InlineData("", "The verbs are")]
    public async Task A_word_that_is_no_verb_is_told_with_what_was_meant(string line, string said)
    {
        var args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var complaints = CommandLine.Complaints(CommandLine.Parse(args));

        Assert.Contains(complaints, complaint => complaint.Contains(said, StringComparison.Ordinal));
        Assert.Equal(Output.Misuse, await CommandLine.Run(args));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("serve --help")]
    [InlineData("--version")]
    public void What_is_known_is_no_misuse(string line) => Assert.Empty(CommandLine.Parse(line.Split(' ')).Errors);
}
