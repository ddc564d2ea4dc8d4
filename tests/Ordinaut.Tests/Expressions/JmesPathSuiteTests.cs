using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

/// <summary>
/// The official compliance suite. It is third-party data and not part of this repository: it is read from
/// <c>$ORDINAUT_VECTORS/jmespath</c>, else from <c>shared/vectors/jmespath</c> beside the repository.
/// </summary>
public sealed class JmesPathSuiteTests
{
    private const int CasesWithoutBenchmarks = 892;

    [Fact]
    public void Every_case_of_the_official_suite_passes()
    {
        var folder = Folder();
        Assert.SkipUnless(
            Directory.Exists(folder),
            $"Not run: no JMESPath suite at {folder}; it is published as jmespath/jmespath.test on GitHub."
        );

        var failures = new List<string>();
        var count = 0;
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var (given, example) in Examples(document.RootElement))
            {
                count++;
                if (Failure(given, example) is { } failure)
                {
                    failures.Add($"{Path.GetFileName(file)}: {failure}");
                }
            }
        }

        Assert.Empty(failures);
        Assert.Equal(CasesWithoutBenchmarks, count);
    }

    private static IEnumerable<(JsonElement Given, JsonElement Example)> Examples(JsonElement suites) =>
        from suite in suites.EnumerateArray()
        from example in suite.GetProperty("cases").EnumerateArray()
        where !example.TryGetProperty("bench", out _)
        select (suite.GetProperty("given"), example);

    private static string? Failure(JsonElement given, JsonElement example)
    {
        var expression = example.GetProperty("expression").GetString()!;
        var expected = example.TryGetProperty("error", out var error)
            ? $"error {error.GetString()}"
            : example.GetProperty("result").GetRawText();
        try
        {
            var result = JmesPath.Parse(expression).Evaluate(Json.Of(given), new Fuel());
            var isRight =
                example.TryGetProperty("result", out var wanted)
                && JsonElement.DeepEquals(result.ToElement(), wanted)
                && result.Equals(Json.Of(wanted));
            return isRight ? null : $"{expression} gave {result}, not {expected}";
        }
        catch (ExpressionException e)
        {
            var isRight = error.ValueKind == JsonValueKind.String && error.GetString() == NameOf(e.Kind);
            return isRight ? null : $"{expression} gave {e.Kind} ({e.Message}), not {expected}";
        }
    }

    private static string NameOf(ExpressionErrorKind kind) =>
        kind switch
        {
            ExpressionErrorKind.Syntax => "syntax",
            ExpressionErrorKind.UnknownFunction => "unknown-function",
            ExpressionErrorKind.InvalidArity => "invalid-arity",
            ExpressionErrorKind.InvalidType => "invalid-type",
            ExpressionErrorKind.InvalidValue => "invalid-value",
            _ => "no kind of JMESPath",
        };

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("ORDINAUT_VECTORS") is { Length: > 0 } vectors)
        {
            return Path.Combine(vectors, "jmespath");
        }

        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Ordinaut.slnx")))
        {
            root = root.Parent;
        }

        return Path.GetFullPath(Path.Combine(root?.FullName ?? ".", "..", "shared", "vectors", "jmespath"));
    }
}
