using System.Text;
using System.Text.RegularExpressions;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>Each command of a runbook is run, in the order of the page, on a server that is alive.</summary>
public sealed partial class RunbookStories
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "operations");

    private const string ThreeNodes = "THREE_NODES.md";

    public static TheoryData<string> Pages =>
        [
            .. new DirectoryInfo(Folder)
                .GetFiles("*.md")
                .Select(page => page.Name)
                .Where(page => page != ThreeNodes)
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Each_command_does_what_it_should(string page)
    {
        await using var house = await RunbookHouse.Open();

        var ended = house.Run(Script(await File.ReadAllTextAsync(Path.Combine(Folder, page))));

        Assert.True(ended.Code == 0, ended.Text);
    }

    /// <summary>The page that needs no server, because it starts three.</summary>
    [Fact]
    public async Task From_nothing_to_three_nodes_with_figures_a_backup_and_an_upgrade()
    {
        await using var postgres = await OwnPostgres.Start();
        await using var house = RunbookHouse.Empty(postgres.Address(await postgres.NewDatabase()));

        var ended = house.Run(Script(await File.ReadAllTextAsync(Path.Combine(Folder, ThreeNodes))));

        Assert.True(ended.Code == 0, ended.Text);
    }

    /// <summary>The mutant: a command that fails, and one whose failure a pipe would hide.</summary>
    [Theory]
    [InlineData("ask /no-such-thing")]
    [InlineData("ask /no-such-thing | cat")]
    [InlineData("ordinaut no-such-verb")]
    public async Task A_command_that_fails_is_found_out(string command)
    {
        await using var house = await RunbookHouse.Open();
        var page = await File.ReadAllTextAsync(Path.Combine(Folder, "INCIDENT_RESPONSE.md"));
        var first = Block().Match(page).Groups[1].Value;

        var ended = house.Run(Script($"```sh\n{first}```\n```sh\n{command}\n```\n"));

        Assert.NotEqual(0, ended.Code);
        Assert.Contains($"failed: {command}", ended.Text, StringComparison.Ordinal);
    }

    /// <summary>All blocks in one shell, which stops at the first that fails and says which.</summary>
    private static string Script(string page)
    {
        var script = new StringBuilder("set -Eeuo pipefail\ntrap 'echo \"failed: $block\"' ERR\n");
        // What a page starts beside itself ends with it.
        script.Append("trap '{ jobs -p | xargs --no-run-if-empty kill; wait; } || true' EXIT\n");
        foreach (var block in Block().Matches(page).Select(match => match.Groups[1].Value))
        {
            script.Append("block=$(cat <<'END'\n").Append(block.Split('\n')[0]).Append("\nEND\n)\n").Append(block);
        }

        return script.ToString();
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
