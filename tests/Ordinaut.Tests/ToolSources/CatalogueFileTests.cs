using Ordinaut.Hosting;
using Ordinaut.Tests.Store;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

public sealed class CatalogueFileTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory]
    [InlineData("{}", "")]
    [InlineData(
        """{"http": {"a.b": {"url": "https://a.example"}}, "servers": {"c": {"url": "https://c.example"}}}""",
        ""
    )]
    [InlineData("{", "tools.json: ")]
    [InlineData("""{"http": {}, "http": {}}""", "tools.json: ")]
    [InlineData("""{"tools": {}}""", "no such member")]
    [InlineData("""{"http": {"a.b": {"url": "https://a.example", "token": "x"}}}""", "no such member")]
    [InlineData("""{"http": {"a.b": {"url": "ftp://a.example"}}}""", "/http/a.b: ")]
    [InlineData("""{"servers": {"C": {"url": "https://c.example"}}}""", "/servers/C: ")]
    [InlineData("""{"servers": {"c": {"command": "/bin/sh"}}}""", "tools_commands")]
    [InlineData("""{"openapi": {"shop": {}}}""", "file is required")]
    [InlineData("""{"openapi": {"shop": {"file": "absent.json"}}}""", "absent.json cannot be read")]
    [InlineData("""{"openapi": {"shop": {"file": "tools.json"}}}""", "document must be")]
    public void A_file_that_is_wrong_is_explained_before_the_start(string text, string expected)
    {
        using var folder = new TestFolder();
        Write(Folder(folder), "tools.json", text);

        var check = Check(Folder(folder));

        Assert.Equal(expected.Length == 0 ? 0 : 1, check.Errors.Count);
        Assert.All(check.Errors, error => Assert.Contains(expected, error, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_a_setting_names_must_be_there_and_the_usual_one_need_not()
    {
        using var folder = new TestFolder();

        Assert.Empty(Check(Folder(folder)).Errors);
        Assert.Contains(
            "other.json cannot be read",
            Assert.Single(Check(Folder(folder), ("tools_file", "other.json")).Errors)
        );
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("/usr/bin/a, /usr/bin/b", true)]
    [InlineData("a", false)]
    [InlineData("/usr/bin/a,./b", false)]
    public void Programs_are_listed_by_absolute_paths(string text, bool fine)
    {
        using var folder = new TestFolder();

        Assert.Equal(fine, Check(Folder(folder), ("tools_commands", text)).Errors.Count == 0);
    }

    [Fact]
    public void Documents_beside_the_file_are_imported_and_what_is_left_out_is_told()
    {
        using var folder = new TestFolder();
        Write(Folder(folder), "shop.json", OpenApiImportTests.Shop);
        var file = Write(Folder(folder), "tools.json", """{"openapi": {"shop": {"file": "shop.json"}}}""");

        var (sources, leftOut) = CatalogueFile.Load(file, []);

        Assert.Equal(["shop.listPets", "shop.addPet", "shop.getPet"], sources.Select(source => source.Name));
        Assert.All(sources, source => Assert.True(source.FromFile));
        Assert.StartsWith("shop /paths/~1pets~1{id}~1photo/post", Assert.Single(leftOut));
    }

    [Theory]
    [InlineData(CatalogueFile.MaxBytes, true)]
    [InlineData(CatalogueFile.MaxBytes + 1, false)]
    public void A_file_has_a_largest_size(int bytes, bool fits)
    {
        using var folder = new TestFolder();
        var file = Write(Folder(folder), "tools.json", "{}".PadRight(bytes));

        Assert.Equal(fits, Record.Exception(() => CatalogueFile.Load(file, [])) is null);
    }

    [Fact]
    public void A_variable_that_tools_may_name_is_no_mistyped_setting()
    {
        var variables = new Dictionary<string, string> { ["secret_crm"] = "x", ["secrets"] = "x" };

        var check = OptionsCheck.Read(Nothing, variables, Nothing);

        Assert.Contains("ORDINAUT_SECRETS", Assert.Single(check.Warnings));
    }

    private static string Folder(TestFolder folder) => Path.GetDirectoryName(folder.File)!;

    private static OptionsCheck Check(string folder, params (string Name, string Value)[] settings) =>
        OptionsCheck.Read(Nothing, Nothing, settings.Append(("data", folder)).ToDictionary(s => s.Item1, s => s.Item2));

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
