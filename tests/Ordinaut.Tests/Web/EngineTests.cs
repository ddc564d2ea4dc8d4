using Ordinaut.Tests.JavaScript;

namespace Ordinaut.Tests.Web;

/// <summary>The pure parts of the UI, run by a JavaScript engine.</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task The_pure_parts_do_what_their_tables_say()
    {
        var table = Path.Combine(Tidy.Repository.Root, "tests", "Ordinaut.Tests", "Web", "tables.mjs");

        var done = await NodePackages.Run(table, []);

        Assert.True(done.Code == 0, done.Errors + done.Output);
    }
}
