using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Web;

/// <summary>The files of folder <c>Web</c> as they are in the clone.</summary>
internal static class Scripts
{
    private const string Folder = "src/Ordinaut/Web/";

    public static IReadOnlyList<(string Name, string Text)> All { get; } =
    [
        .. Repository
            .Texts.Where(file => file.Path.StartsWith(Folder, StringComparison.Ordinal))
            .Select(file => (file.Path[Folder.Length..], file.Text)),
    ];

    public static string Read(string name) => All.Single(file => file.Name == name).Text;
}
