using Microsoft.CodeAnalysis;

namespace Ordinaut.Tests.Tidy;

/// <summary>The analyzer passes over an entry it cannot find, so a misspelt ban bans nothing.</summary>
public sealed class BannedSymbolTests
{
    [Fact]
    public void Every_banned_symbol_exists_and_says_what_to_use_instead()
    {
        var bans = Repository.Texts.Single(file => file.Path == "BannedSymbols.txt");
        Assert.NotEmpty(bans.Lines[0]);
        Finding.None(IdleBans(bans));
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow;Use the clock", 0)]
    [InlineData("M:System.Random.#ctor(System.Int32);Randomness is handed in", 0)]
    [InlineData("P:System.Threading.Tasks.Task`1.Result;Never block", 0)]
    [InlineData("P:System.DateTime.UtcNov;Use the clock", 1)]
    [InlineData("M:System.Random.#ctor(Int32);Randomness is handed in", 1)]
    [InlineData("P:System.DateTime.UtcNow", 1)]
    public void An_idle_ban_is_found(string line, int findings) =>
        Assert.Equal(findings, IdleBans(new TextFile("bad.txt", line + "\n")).Count());

    private static IEnumerable<Finding> IdleBans(TextFile bans) =>
        from line in bans.Lines.Index()
        where line.Item.Length > 0
        let parts = line.Item.Split(';', 2)
        let found = DocumentationCommentId.GetSymbolsForDeclarationId(parts[0], Repository.Compilation)
        where found.IsEmpty || parts.Length < 2
        select new Finding(
            bans.Path,
            line.Index + 1,
            $"'{line.Item}' needs the id of a symbol that exists, and a remedy"
        );
}
