using ModelContextProtocol.Protocol;
using Ordinaut.Agents;
using Ordinaut.Playground;
using Ordinaut.Runs;
using Ordinaut.Tasks;

namespace Ordinaut.Mcp;

/// <summary>Tasks, runs and the catalogue as documents a client can attach; the cookbook of schedules.</summary>
internal sealed class ResourceDesk(TaskOperations tasks, RunOperations runs, PlaygroundOperations playground)
{
    public const string TaskTemplate = Tasks + "{id}";
    public const string RunTemplate = Runs + "{id}";

    private const string Tasks = "ordinaut://tasks/";
    private const string Runs = "ordinaut://runs/";
    private const string Catalogue = "ordinaut://tools";
    private const string CookbookUri = "ordinaut://schedules/cookbook";

    private const string JsonType = "application/json";
    private const string MarkdownType = "text/markdown";

    /// <summary>What does not change while the program runs.</summary>
    private static readonly TimeSpan FixedAge = TimeSpan.FromHours(1);

    public static ListResourcesResult List() =>
        new()
        {
            Resources =
            [
                Shown("cookbook", CookbookUri, "Schedules by example", MarkdownType),
                Shown("tools", Catalogue, "The tools a pipeline's step can use", JsonType),
            ],
            TimeToLive = FixedAge,
            CacheScope = CacheScope.Public,
        };

    public static ListResourceTemplatesResult Templates() =>
        new()
        {
            ResourceTemplates =
            [
                Template("task", TaskTemplate, "A task: schedule, pipeline, next and last run"),
                Template("run", RunTemplate, "A run with its steps, output and error"),
            ],
            TimeToLive = FixedAge,
            CacheScope = CacheScope.Public,
        };

    /// <exception cref="Problem">There is none that the caller may see.</exception>
    public async Task<ReadResourceResult> Read(Caller caller, string uri) =>
        uri switch
        {
            CookbookUri => Text(uri, MarkdownType, Cookbook.Text, CacheScope.Public),
            Catalogue => Text(uri, JsonType, Json.Write(playground.Tools(caller)), CacheScope.Private),
            _ when Id(uri, Tasks) is { } id => Fresh(uri, await tasks.Get(caller, id)),
            _ when Id(uri, Runs) is { } id => Fresh(uri, await runs.Get(caller, id)),
            _ => throw new Problem(
                ProblemKind.NotFound,
                "There is no such resource; see resources/list and resources/templates/list."
            ),
        };

    /// <summary>A task or a run as part of a message.</summary>
    public static EmbeddedResourceBlock Embed<T>(string uri, T value) =>
        new()
        {
            Resource = new TextResourceContents
            {
                Uri = uri,
                MimeType = JsonType,
                Text = Json.Write(value),
            },
        };

    public static string UriOfRun(Guid id) => Runs + id;

    /// <summary>The run a URI stands for.</summary>
    public static Guid? RunOf(string uri) => Id(uri, Runs);

    private static Guid? Id(string uri, string prefix) =>
        uri.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParseExact(uri[prefix.Length..], "D", out var id)
            ? id
            : null;

    private static ReadResourceResult Fresh<T>(string uri, T value) =>
        Text(uri, JsonType, Json.Write(value), CacheScope.Private, TimeSpan.Zero);

    private static ReadResourceResult Text(
        string uri,
        string type,
        string text,
        CacheScope scope,
        TimeSpan? age = null
    ) =>
        new()
        {
            Contents =
            [
                new TextResourceContents
                {
                    Uri = uri,
                    MimeType = type,
                    Text = text,
                },
            ],
            TimeToLive = age ?? FixedAge,
            CacheScope = scope,
        };

    private static Resource Shown(string name, string uri, string description, string type) =>
        new()
        {
            Name = name,
            Uri = uri,
            Title = description,
            MimeType = type,
        };

    private static ResourceTemplate Template(string name, string uri, string description) =>
        new()
        {
            Name = name,
            UriTemplate = uri,
            Title = description,
            MimeType = JsonType,
        };
}
