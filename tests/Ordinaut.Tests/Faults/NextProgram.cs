using System.Text;
using Mono.Cecil;

namespace Ordinaut.Tests.Faults;

/// <summary>The program as the next release may be: the same, with one migration more.</summary>
internal sealed class NextProgram : IDisposable
{
    public const string Name = "ordinaut.dll";
    public const string Version = "0.1.0-next";

    /// <summary>What an expanding migration may bring (docs/decisions/0020-schema-changes-expand-first.md).</summary>
    public const string Expands = """
        create table next_thing (id uuid primary key, said text not null);
        alter table task add column remark text;
        alter table run add column weight integer not null default 1;
        alter table queue add column weight integer not null default 1;
        create index next_task_remark on task (remark) where remark is not null;
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-next-");

    /// <param name="migration">What it does to a PostgreSQL database.</param>
    public NextProgram(string migration)
    {
        foreach (var entry in new DirectoryInfo(AppContext.BaseDirectory).GetFileSystemInfos())
        {
            if (entry.Name != Name)
            {
                System.IO.File.CreateSymbolicLink(Path.Combine(_folder.FullName, entry.Name), entry.FullName);
            }
        }

        Write(migration);
    }

    public string File => Path.Combine(_folder.FullName, Name);

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string migration)
    {
        using var program = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, Name));
        var text = Encoding.UTF8.GetBytes(migration);
        var resource = new EmbeddedResource("Postgres/9999_next.sql", ManifestResourceAttributes.Public, text);
        program.MainModule.Resources.Add(resource);
        var version = program.CustomAttributes.Single(attribute =>
            attribute.AttributeType.Name == nameof(System.Reflection.AssemblyInformationalVersionAttribute)
        );
        version.ConstructorArguments[0] = new CustomAttributeArgument(program.MainModule.TypeSystem.String, Version);
        program.Write(File);
    }
}
