using System.Diagnostics;
using System.Text;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.JavaScript;

/// <summary>
/// Programs of others in JavaScript, of the versions in the lock file beside this, with the Node.js they run on: put
/// into <c>artifacts</c> once and kept until the lock file changes.
/// </summary>
internal static class NodePackages
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "node");
    private static readonly string Wanted = Path.Combine(Repository.Root, "tests", "Ordinaut.Tests", "JavaScript");

    private static readonly Lazy<Task<string>> Engine = new(Install);

    /// <summary>Runs a script, of a package or by its full path; gives its exit code and what it wrote.</summary>
    /// <param name="hear">Hears each line that it writes, as it comes.</param>
    public static async Task<Ended> Run(string script, string[] arguments, Func<string, Task>? hear = null) =>
        await Run(await Engine.Value, Wanted, [Path.Combine(Folder, "node_modules", script), .. arguments], hear);

    private static async Task<string> Install()
    {
        Directory.CreateDirectory(Folder);
        string[] files = ["package.json", "package-lock.json"];
        // npm writes its own list last, when all of it is there.
        var isThere =
            files.All(file => Same(Path.Combine(Wanted, file), Path.Combine(Folder, file)))
            && File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (!isThere)
        {
            var npm = Find("npm") ?? await InstallNpm();
            Array.ForEach(files, file => File.Copy(Path.Combine(Wanted, file), Path.Combine(Folder, file), true));
            var done = await Run(npm, Folder, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
            Assert.True(done.Code == 0, $"'npm ci' could not install what {Wanted} lists:\n{done.Errors}");
        }

        // On another system than Linux the machine's own has to do, 22 or later.
        return Directory
            .GetDirectories(Path.Combine(Folder, "node_modules"), "node-linux-*")
            .Select(package => Path.Combine(package, "bin", "node"))
            .SingleOrDefault("node");
    }

    private static async Task<string> InstallNpm()
    {
        var done = await Run("apt-get", "/", ["install", "-y", "--no-install-recommends", "nodejs", "npm"]);
        var npm = Find("npm");
        Assert.True(npm is not null, $"Debian's packages 'nodejs' and 'npm' are needed.\n{done.Errors}");
        return npm;
    }

    private static bool Same(string wanted, string there) =>
        File.Exists(there) && File.ReadAllText(wanted) == File.ReadAllText(there);

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static async Task<Ended> Run(
        string program,
        string folder,
        string[] arguments,
        Func<string, Task>? hear = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = Read(process.StandardOutput, hear);
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new Ended(process.ExitCode, await output, await errors);
    }

    private static async Task<string> Read(StreamReader output, Func<string, Task>? hear)
    {
        var text = new StringBuilder();
        while (await output.ReadLineAsync() is { } line)
        {
            text.Append(line).Append('\n');
            if (hear is not null)
            {
                await hear(line);
            }
        }

        return text.ToString();
    }

    public sealed record Ended(int Code, string Output, string Errors);
}
