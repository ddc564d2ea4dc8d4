using System.Globalization;

namespace Ordinaut.Tests.Faults;

/// <summary>A group of processes that may have so much memory together; it takes the right to make one.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string First = "/sys/fs/cgroup/memory";
    private const string Second = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly bool _isFirst;

    private MemoryGroup(string folder, bool isFirst)
    {
        _folder = folder;
        _isFirst = isFirst;
    }

    /// <summary>What starts a program in the group, and keeps its process id.</summary>
    public string[] Joining => ["sh", "-c", $"echo $$ > {_folder}/cgroup.procs; exec \"$@\"", "sh"];

    /// <summary>How often it wanted more than there was.</summary>
    public long Full =>
        _isFirst
            ? long.Parse(File.ReadAllText(Path.Combine(_folder, "memory.failcnt")), CultureInfo.InvariantCulture)
            : File.ReadLines(Path.Combine(_folder, "memory.events"))
                .Select(line => line.Split(' '))
                .Where(words => words[0] is "max" or "oom")
                .Sum(words => long.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>Null where that is not permitted.</summary>
    public static MemoryGroup? TryMake(int megabytes)
    {
        var isFirst = Directory.Exists(First);
        var folder = Path.Combine(isFirst ? First : Second, "ordinaut-" + Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(folder);
            var limit = ((long)megabytes << 20).ToString(CultureInfo.InvariantCulture);
            File.WriteAllText(Path.Combine(folder, isFirst ? "memory.limit_in_bytes" : "memory.max"), limit);
            return new MemoryGroup(folder, isFirst);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Remove(folder);
            return null;
        }
    }

    public void Dispose() => Remove(_folder);

    /// <summary>The kernel takes the files with the folder; a process that has just ended may still be in it.</summary>
    private static void Remove(string folder) => Debian.Does("rmdir", folder);
}
