using System.Text.Json;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.ToolSources;

/// <summary>The operator's catalogue file: servers, HTTP tools and OpenAPI documents, as JSON.</summary>
internal static class CatalogueFile
{
    /// <summary>Its name in the data folder, where no setting names another.</summary>
    public const string DefaultName = "tools.json";

    /// <summary>The largest file, and the largest document it names, in bytes; 4 MiB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>What the file declares.</summary>
    /// <param name="commands">The programs that may be started.</param>
    /// <returns>The declarations, and what of the documents was left out.</returns>
    /// <exception cref="Problem">It cannot be read, or something in it is wrong; names every such place.</exception>
    public static (IReadOnlyList<ToolSource> Sources, IReadOnlyList<string> LeftOut) Load(
        string path,
        IReadOnlyList<string> commands
    )
    {
        var file = Json.Read<ToolFile>(Read(path, ""));
        var errors = new List<FieldError>();
        var sources = new List<ToolSource>();
        foreach (var (name, server) in file.Servers ?? new Dictionary<string, ToolServerInput>())
        {
            Add(errors, $"/servers/{name}", ServerCheck.Findings(name, server, commands));
            sources.Add(ToolSource.Of(ToolSource.Server, name, Json.Write(server with { Name = null })));
        }

        foreach (var (name, tool) in file.Http ?? new Dictionary<string, HttpToolInput>())
        {
            Add(errors, $"/http/{name}", HttpToolCheck.Findings(name, tool));
            sources.Add(HttpToolOperations.SourceOf(name, tool));
        }

        var leftOut = new List<string>();
        foreach (var (provider, import) in file.Openapi ?? new Dictionary<string, ImportTools>())
        {
            var (tools, findings) = Import(path, provider, import);
            sources.AddRange(tools.Select(tool => HttpToolOperations.SourceOf(tool.Name!, tool)));
            leftOut.AddRange(findings.Select(finding => $"{provider} {finding.Pointer}: {finding.Detail}"));
        }

        return errors.Count == 0
            ? ([.. sources.DistinctBy(s => (s.Kind, s.Name)).Select(s => s with { FromFile = true })], leftOut)
            : throw Problem.Invalid(errors);
    }

    private static (IReadOnlyList<HttpToolInput>, IReadOnlyList<Finding>) Import(
        string path,
        string provider,
        ImportTools import
    )
    {
        var place = $"/openapi/{provider}";
        if (import.File is not { } file)
        {
            throw Problem.Invalid($"{place}/file", "file is required: the OpenAPI document, as JSON.");
        }

        var document = Read(Path.Combine(Path.GetDirectoryName(path)!, file), $"{place}/file");
        try
        {
            return OpenApiImport.Read(import with { Provider = provider, Document = document, File = null });
        }
        catch (Problem problem)
        {
            throw Problem.Invalid([.. problem.Errors.Select(e => new FieldError(place + e.Pointer, e.Detail))]);
        }
    }

    private static void Add(List<FieldError> errors, string place, IEnumerable<FieldError> findings) =>
        errors.AddRange(
            findings.Select(finding => new FieldError(place + finding.Pointer, $"{place}: {finding.Detail}"))
        );

    private static JsonElement Read(string path, string place)
    {
        var name = Path.GetFileName(path);
        try
        {
            return new FileInfo(path).Length <= MaxBytes
                ? BodyFaults.ReadAny(File.ReadAllBytes(path))
                : throw Problem.Invalid(place, $"{name} is larger than {MaxBytes} bytes.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Problem.Invalid(place, $"{name} cannot be read.");
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.Malformed)
        {
            throw Problem.Invalid(place, $"{name}: {problem.Message}");
        }
    }
}
