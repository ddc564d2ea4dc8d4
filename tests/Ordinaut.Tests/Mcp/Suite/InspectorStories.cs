using System.Text.Json;
using Ordinaut.Hosting;
using Ordinaut.Tests.JavaScript;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>The protocol's own inspector, on the command line: it lists tools and calls one.</summary>
public sealed class InspectorStories
{
    private const string Program = "@modelcontextprotocol/inspector/clients/launcher/build/index.js";

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task The_inspector_lists_and_calls_over_http(string era)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        string[] to =
        [
            $"{app.Http.BaseAddress}mcp",
            .. new[] { "--transport", "http", "--protocol-era", era },
            .. new[] { "--header", $"Authorization: Bearer {admin.Token}" },
        ];

        Assert.Contains("create_task", ToolsOf(await Ask([.. to, "--method", "tools/list"])));
        Assert.Equal("admin", NameIn(await Ask([.. to, "--method", "tools/call", "--tool-name", "whoami"])));
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task The_inspector_lists_and_calls_over_stdio(string era)
    {
        var folder = OrdinautApp.NewFolder();
        string[] how = ["--protocol-era", era, "--method"];
        string[] to = ["--", "dotnet", typeof(Serve).Assembly.Location, "mcp", "--data", folder];

        Assert.Contains("create_task", ToolsOf(await Ask([.. how, "tools/list", .. to])));
        Assert.Equal("admin", NameIn(await Ask([.. how, "tools/call", "--tool-name", "whoami", .. to])));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<JsonElement> Ask(string[] arguments)
    {
        var done = await NodePackages.Run(Program, ["--cli", .. arguments]);
        Assert.True(done.Code == 0, done.Output + done.Errors);
        return Json.Parse(done.Output);
    }

    private static IEnumerable<string> ToolsOf(JsonElement list) =>
        list.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!);

    private static string NameIn(JsonElement result) =>
        result.GetProperty("structuredContent").GetProperty("name").GetString()!;
}
