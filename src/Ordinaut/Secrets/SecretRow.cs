using System.Text;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Secrets;

/// <summary>A secret as it is stored.</summary>
/// <param name="Version">Counts its values.</param>
internal sealed record SecretRow(Guid OwnerId, string Name, int Version)
{
    public string Description { get; init; } = "";

    /// <summary>The tools it is for, <c>crm.*</c> being all of a provider; none listed: all.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The hosts it is for; none listed: all.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public Envelope Envelope { get; init; } = new("", [], []);
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>
    /// What the value is sealed with: a row that was put in another's place, or whose limits were loosened, does not
    /// open.
    /// </summary>
    public byte[] Binding =>
        Encoding.UTF8.GetBytes($"{OwnerId:N}\n{Name}\n{Version}\n{string.Join(' ', Tools)}\n{string.Join(' ', Hosts)}");

    public bool IsForTool(string tool) => Tools.Count == 0 || Patterns.AllowsTool(Tools, tool);

    public bool IsForHost(string host) => Hosts.Count == 0 || Hosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    public SecretRow Seal(string value, SecretKey key) => this with { Envelope = Envelope.Seal(value, key, Binding) };

    public static SecretRow Read(Row row) =>
        new(row.Id(0), row.Text(1), row.Int(2))
        {
            Description = row.Text(3),
            Tools = Json.Read<IReadOnlyList<string>>(row.Text(4)),
            Hosts = Json.Read<IReadOnlyList<string>>(row.Text(5)),
            Envelope = new Envelope(row.Text(6), row.Bytes(7), row.Bytes(8)),
            CreatedAt = row.Instant(9),
            UpdatedAt = row.Instant(10),
            LastUsedAt = row.InstantOrNull(11),
        };
}
