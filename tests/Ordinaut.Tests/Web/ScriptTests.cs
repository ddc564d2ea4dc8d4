using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Web;

/// <summary>What no file of the UI may do, and how long it may be.</summary>
public sealed partial class ScriptTests
{
    private const int FileLines = 300;
    private const int LineLength = 120;

    [Fact]
    public void Text_becomes_markup_nowhere() => Assert.Empty(Found(Markup()));

    [Fact]
    public void Nothing_is_loaded_from_elsewhere() =>
        Assert.All(Found(Elsewhere()), line => Assert.Contains("xmlns=", line, StringComparison.Ordinal));

    [Fact]
    public void The_page_has_no_script_or_style_in_it() => Assert.DoesNotMatch(Inline(), Scripts.Read("index.html"));

    [Fact]
    public void The_access_token_is_kept_nowhere_and_the_refresh_token_in_one_place() =>
        Assert.All(Found(Stores()), line => Assert.StartsWith("session.js", line, StringComparison.Ordinal));

    [Fact]
    public void The_scripts_keep_the_budgets() =>
        Assert.All(
            Scripts.All,
            file =>
            {
                var lines = file.Text.Split('\n');
                Assert.True(lines.Length <= FileLines + 1, $"{file.Name} has {lines.Length} lines");
                Assert.True(lines.All(line => line.Length <= LineLength), $"{file.Name} has a longer line");
            }
        );

    [Theory]
    [InlineData("a.innerHTML = b", true)]
    [InlineData("a['outerHTML'] = b", true)]
    [InlineData("a.insertAdjacentHTML('x', b)", true)]
    [InlineData("document.write(a)", true)]
    [InlineData("eval(a)", true)]
    [InlineData("new Function(a)", true)]
    [InlineData("setTimeout('a()', 1)", true)]
    [InlineData("new DOMParser()", true)]
    [InlineData("a.srcdoc = b", true)]
    [InlineData("location.href = 'javascript:x'", true)]
    [InlineData("setTimeout(a, 1)", false)]
    [InlineData("a.textContent = b", false)]
    public void What_makes_markup_of_text_is_found(string text, bool isFound) =>
        Assert.Equal(isFound, Markup().IsMatch(text));

    private static IEnumerable<string> Found(Regex bad) =>
        from file in Scripts.All
        from line in file.Text.Split('\n')
        where bad.IsMatch(line)
        select $"{file.Name}: {line.Trim()}";

    [GeneratedRegex(
        @"innerHTML|outerHTML|insertAdjacentHTML|setHTML|createContextualFragment|DOMParser|\.write(ln)?\(|\beval\b"
            + @"|new Function|\.srcdoc|javascript:|set(Timeout|Interval)\(['""`]|\.on[a-z]+ *= |setAttributeNS"
    )]
    private static partial Regex Markup();

    [GeneratedRegex(@"\w+://|['""`(]//\w")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=")]
    private static partial Regex Inline();

    [GeneratedRegex(@"sessionStorage\.|localStorage\.|indexedDB|document\.cookie")]
    private static partial Regex Stores();
}
