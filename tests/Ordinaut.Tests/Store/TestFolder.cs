using Microsoft.Extensions.Time.Testing;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>A folder with a real database file, gone when the test is over.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-store-");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public string File => Path.Combine(_folder.FullName, "ordinaut.db");

    public Task<Db> Open() => Db.Open(File, Clock);

    public void Dispose() => _folder.Delete(recursive: true);
}
