using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ordinaut.Mutation;

/// <summary>
/// The compiler with the very arguments the build gives it, so that generators, resources and references are those
/// of the program; only the sources of one folder are others.
/// </summary>
internal sealed partial class Compiler(string project, string output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What only makes by-products, or turns a mutant's warning into an error.</summary>
    private static readonly string[] Dropped = ["/noconfig", "/out:", "/refout:", "/doc:", "/warnaserror"];

    private string _compiler = "";
    private List<string> _arguments = [];

    /// <summary>Asks the build for its arguments, without building.</summary>
    public async Task Prepare()
    {
        string[] ask =
        [
            "build",
            project,
            "--configuration",
            "Release",
            "--no-restore",
            "-target:PrepareResources;Compile",
            "-property:BuildProjectReferences=false;ProvideCommandLineArgs=true;SkipCompilerExecution=true",
            // Without a file that is missing the compiler counts as up to date, and has no arguments.
            "-property:NonExistentFile=none",
            "-getItem:CscCommandLineArgs",
            "-getProperty:RoslynTargetsPath",
        ];
        var answer = JsonDocument.Parse(await Run(ask, Path.GetDirectoryName(project)!)).RootElement;
        var roslyn = answer.GetProperty("Properties").GetProperty("RoslynTargetsPath").GetString()!;
        _compiler = Path.Combine(roslyn, "bincore", "csc.dll");
        _arguments =
        [
            .. answer
                .GetProperty("Items")
                .GetProperty("CscCommandLineArgs")
                .EnumerateArray()
                .Select(item => item.GetProperty("Identity").GetString()!)
                .Where(argument => !Dropped.Any(argument.StartsWith)),
        ];
        if (_arguments.Count == 0)
        {
            throw new InvalidOperationException("The build told no arguments of its compiler; build it first.");
        }
    }

    /// <summary>Compiles with these files in place of the ones they are named after; returns the errors.</summary>
    /// <param name="replaced">From a path relative to the project to the file that stands in for it.</param>
    /// <param name="added">One more file.</param>
    public async Task<List<CompileError>> Compile(IReadOnlyDictionary<string, string> replaced, string added)
    {
        var lines = _arguments.Select(argument => replaced.GetValueOrDefault(argument, argument));
        var response = Path.Combine(Path.GetDirectoryName(output)!, "compiler.rsp");
        await File.WriteAllLinesAsync(response, [.. lines, added, $"/out:{output}"]);
        var text = await Run([_compiler, "/noconfig", "/nologo", $"@{response}"], Path.GetDirectoryName(project)!);
        return
        [
            .. ErrorLine()
                .Matches(text)
                .Select(match => new CompileError(
                    match.Groups["file"].Value,
                    int.Parse(match.Groups["line"].ValueSpan) - 1,
                    int.Parse(match.Groups["column"].ValueSpan) - 1,
                    match.Groups["what"].Value
                )),
        ];
    }

    private static async Task<string> Run(IEnumerable<string> arguments, string folder)
    {
        var dotnet = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder };
        var ran = await Shell.Run(dotnet, Patience) ?? throw new TimeoutException("The compiler does not answer.");
        return ran.Output;
    }

    [GeneratedRegex(@"^(?<file>.+?)\((?<line>\d+),(?<column>\d+)\): error (?<what>.*)$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();
}

/// <summary>Where the compiler refused what; line and column from 0.</summary>
internal sealed record CompileError(string File, int Line, int Column, string What);
