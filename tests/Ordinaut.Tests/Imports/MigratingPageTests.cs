using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Imports;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Imports;

/// <summary>What <c>docs/migrating.md</c> sends people to is there.</summary>
public sealed partial class MigratingPageTests
{
    private static readonly TextFile Page = Repository.Texts.Single(file => file.Path == "docs/migrating.md");

    [Fact]
    public async Task Every_endpoint_that_it_names_is_served()
    {
        await using var app = await OrdinautApp.Start();
        var served = app.Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method =>
                    $"{method} {endpoint.RoutePattern.RawText}"
                )
            )
            .ToHashSet();

        var named = Rows("## Endpoints").SelectMany(cells => Endpoint().Matches(cells[2] + cells[3])).ToList();

        Assert.All(named, match => Assert.Contains(match.Groups[1].Value, served));
        Assert.True(named.Count > 30, "The table has lost its rows.");
    }

    [Fact]
    public void Every_setting_that_it_names_is_one()
    {
        string[] ofTasks = ["max_retries", "backoff_strategy", "misfire_policy", "catch_up_window_seconds"];
        string[] known = [.. Settings.All.Select(setting => setting.Name), .. ofTasks];

        var rows = Rows("## Variables").ToList();

        Assert.All(
            rows.SelectMany(cells => Word().Matches(cells[2])),
            match => Assert.Contains(match.Groups[1].Value, known)
        );
        Assert.All(OriginalVariables.All, variable => Assert.Contains(rows, cells => cells[1].Contains(variable.Name)));
    }

    [Fact]
    public void Every_scope_that_it_names_is_one()
    {
        var scopes = Rows("## Signing in").SelectMany(cells => Scope().Matches(cells[2])).ToList();

        Assert.All(scopes, match => Assert.True(Scopes.TryParse(match.Groups[1].Value, out _), match.Value));
        Assert.Contains($"`{OriginalImport.Role}`", Page.Text);
        Assert.NotNull(AgentRole.Named(OriginalImport.Role));
    }

    /// <summary>The rows of the tables in a section, less their heads, by cell.</summary>
    private static IEnumerable<string[]> Rows(string heading) =>
        Page
            .Lines.SkipWhile(line => line != heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## "))
            .Where(line => line.StartsWith('|') && !line.StartsWith("|---") && !line.StartsWith("| the original"))
            .Select(line => line.Split('|'));

    [GeneratedRegex("`((?:GET|POST|PUT|PATCH|DELETE) /[^` ]*)`")]
    private static partial Regex Endpoint();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Word();

    [GeneratedRegex("`([a-z]+:[a-z]+)`")]
    private static partial Regex Scope();
}
