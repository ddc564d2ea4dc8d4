using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>
/// <c>${secrets.name}</c> in a step's <c>with</c>. A template is rendered with placeholders, and that is what the
/// record keeps; when the tool is called it is rendered once more, with the values. So a secret is put in only where
/// the task's author wrote one: text that looks like it, out of a tool's output, stays text.
/// </summary>
internal static class SecretNames
{
    private const string Root = "secrets";

    /// <summary>What is wrong with reading a secret where no tool is called.</summary>
    public const string Elsewhere =
        "a secret stands only in 'with' of a step whose tool leaves this server; its value is put in there and then, "
        + "and no condition or other expression sees it";

    public static bool IsOne(PathRef path) => path.Names is [Root, ..];

    /// <summary>What is wrong with a path to a secret in the input of this tool, or null.</summary>
    public static string? Fault(PathRef path, ToolDescription? tool)
    {
        if (path.Names.Count != 2 || !path.IsAlone)
        {
            return "write a secret as ${secrets.name}, alone between the braces: no function or operator sees it";
        }

        return tool is { HostOf: null }
            ? $"{tool.Name} takes no secrets, for it does not leave this server; tools such as http.request take them"
            : null;
    }

    /// <summary>The names that a template reads, each once.</summary>
    public static IReadOnlyList<string> In(Template template) =>
        [
            .. template
                .RootPaths.Where(path => IsOne(path) && path.Names.Count == 2)
                .Select(path => path.Names[1])
                .Distinct(),
        ];

    /// <summary>The input as it is kept, and what a call needs beside it.</summary>
    /// <param name="scope">What expressions see, at one instant.</param>
    public static (JsonElement Input, SecretUse? Secrets) Render(
        Template with,
        IReadOnlyList<string> names,
        IReadOnlyList<(string, JsonValue)> scope
    )
    {
        var kept = With(with, scope, names.Select(name => (name, Redactor.Placeholder(name))));
        return (
            kept,
            names.Count == 0
                ? null
                : new SecretUse(names, values => With(with, scope, values.Select(value => (value.Key, value.Value))))
        );
    }

    private static JsonElement With(
        Template with,
        IReadOnlyList<(string, JsonValue)> scope,
        IEnumerable<(string Name, string Text)> secrets
    )
    {
        var values = JsonValue.Object([.. secrets.Select(secret => (secret.Name, JsonValue.Of(secret.Text)))]);
        return with.Render(JsonValue.Object([.. scope, (Root, values)]), new Fuel()).ToElement();
    }
}

/// <summary>A step's wish to use a secret: where in the task it stands, for which tool.</summary>
internal sealed record SecretReading(string Pointer, string Tool, string Name);
