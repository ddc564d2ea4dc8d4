using System.Globalization;

namespace Ordinaut.Tests.Faults;

/// <summary>A disk of the test's own that can be filled and emptied; it takes the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Megabytes = 224;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-disk-");

    private SmallDisk() { }

    public string Path => _folder.FullName;

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Mounts it; null where that is not permitted.</summary>
    public static SmallDisk? TryMount()
    {
        var disk = new SmallDisk();
        string[] mount = ["-t", "tmpfs", "-o", $"size={Megabytes}m,mode=777", "none", disk.Path];
        if (Environment.IsPrivilegedProcess && Debian.Does("mount", mount))
        {
            return disk;
        }

        disk._folder.Delete();
        return null;
    }

    /// <summary>Takes all the room there is, or gives it back.</summary>
    public void Set(bool isFull)
    {
        if (isFull)
        {
            Fill();
        }
        else
        {
            File.Delete(Ballast);
        }
    }

    public void Dispose()
    {
        Debian.Does("umount", "-l", Path);
        _folder.Delete(recursive: true);
    }

    /// <summary>The stand-in: no file of this process may grow any more, or may again.</summary>
    public static void Limit(NodeProcess node, bool isFull) =>
        Assert.True(
            Debian.Does(
                "prlimit",
                "--pid",
                node.Id.ToString(CultureInfo.InvariantCulture),
                isFull ? "--fsize=1024:" : "--fsize=unlimited:"
            ),
            "prlimit, of Debian's util-linux, is needed."
        );

    private void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, 0);
        var chunk = new byte[64 * 1024];
        for (var size = chunk.Length; size >= 512; size /= 2)
        {
            try
            {
                while (true)
                {
                    ballast.Write(chunk, 0, size);
                }
            }
            catch (IOException)
            {
                // Full for pieces of this size.
            }
        }
    }
}
