using System.Security.Cryptography;
using System.Text;
using Ordinaut.Store;

namespace Ordinaut.Secrets;

/// <summary>What messages of a webhook, or to a hook, are signed with, as it is stored.</summary>
/// <param name="Id">Of the webhook or hook.</param>
/// <param name="Version">Counts its values.</param>
internal sealed record SigningSecret(Guid Id, Guid OwnerId, int Version)
{
    public Envelope Envelope { get; init; } = new("", [], []);

    /// <summary>A row that was put in another's place does not open.</summary>
    public byte[] Binding => Encoding.UTF8.GetBytes($"signing\n{Id:N}\n{OwnerId:N}\n{Version}");

    public SigningSecret Seal(string value, SecretKey key) =>
        this with
        {
            Envelope = Envelope.Seal(value, key, Binding),
        };

    public static SigningSecret Read(Row row) =>
        new(row.Id(0), row.Id(1), row.Int(2)) { Envelope = new Envelope(row.Text(3), row.Bytes(4), row.Bytes(5)) };
}

/// <summary>The value of one: what is signed with now, and what was before, for a time good as well.</summary>
/// <param name="Before">Null when there was none.</param>
/// <param name="BeforeUntil">How long that is good.</param>
internal sealed record SigningValues(string Current, string? Before, DateTimeOffset BeforeUntil)
{
    /// <summary>The length of a secret; 32 bytes.</summary>
    public const int Bytes = 32;

    /// <summary>How long the secret before is good after a rotation; 24 hours.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>A new secret as Standard Webhooks writes it: <c>whsec_</c> and base64.</summary>
    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Those that are good at an instant, the current one first.</summary>
    public IReadOnlyList<string> At(DateTimeOffset now) =>
        Before is not null && now < BeforeUntil ? [Current, Before] : [Current];

    /// <summary>As it is sealed.</summary>
    public string Write() => Before is null ? Current : $"{Current} {Before} {Instants.Format(BeforeUntil)}";

    public static SigningValues Parse(string text)
    {
        var parts = text.Split(' ');
        return parts is [var current, var before, var until] && Instants.TryParse(until, out var at)
            ? new SigningValues(current, before, at)
            : new SigningValues(parts[0], null, DateTimeOffset.MinValue);
    }

    public override string ToString() => nameof(SigningValues);
}
