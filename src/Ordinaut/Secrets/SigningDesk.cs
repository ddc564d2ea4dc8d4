using Ordinaut.Store;

namespace Ordinaut.Secrets;

/// <summary>Makes, renews and opens what messages are signed with.</summary>
internal sealed class SigningDesk(KeyRing keys)
{
    /// <summary>Keeps the first secret of a webhook or hook.</summary>
    public async ValueTask Keep(Session session, Guid id, Guid ownerId, string secret) =>
        await SigningSecretStore.Save(session, new SigningSecret(id, ownerId, 1).Seal(secret, keys.Current()));

    /// <summary>Puts a new secret in place of the current one, which stays good for a while.</summary>
    /// <returns>How long it does.</returns>
    public async ValueTask<DateTimeOffset> Renew(Session session, Guid id, string secret)
    {
        var row = (await SigningSecretStore.Hold(session, id))!;
        // One that does not open any more is good for nobody.
        var before = Values(row)?.Current;
        var values = new SigningValues(secret, before, session.Now + SigningValues.Overlap);
        await SigningSecretStore.Save(
            session,
            (row with { Version = row.Version + 1 }).Seal(values.Write(), keys.Current())
        );
        return before is null ? session.Now : values.BeforeUntil;
    }

    /// <summary>The secrets that are good now, the current one first; none where they do not open.</summary>
    public IReadOnlyList<string> Open(SigningSecret row, DateTimeOffset now) => Values(row)?.At(now) ?? [];

    private SigningValues? Values(SigningSecret row) =>
        keys.Open(row.Envelope, row.Binding) is { } text ? SigningValues.Parse(text) : null;
}
