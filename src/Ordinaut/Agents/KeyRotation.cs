using System.Text.Json.Nodes;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// Changes the key that tokens are signed with, so that nobody notices: a new one is known to every node before it
/// signs, and those before are valid until the last token they signed is over.
/// </summary>
internal sealed class KeyRotation(
    Db db,
    SigningKeys keys,
    KeyRing ring,
    AuditLog audit,
    TokenSettings settings,
    Signals signals,
    Ids ids
)
{
    /// <summary>From when a key is made until it signs: several times what a node takes to hear of it.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromSeconds(10);

    /// <summary>Keys that are valid at once; more come only of rotating without pause.</summary>
    public const int MaxKeys = 100;

    /// <summary>Who rotates when nobody asked for it.</summary>
    private static readonly Caller Server = new(Guid.Empty, Scope.None);

    public async Task<RotatedKeys> Rotate(Caller caller, RotateKeys? request)
    {
        caller.Require(Scope.Admin);
        var rotated = await db.Write(session => Replace(session, caller, request?.AtOnce == true));
        await keys.Refresh();
        signals.Keys.Set();
        return rotated;
    }

    /// <summary>Makes a new key when the newest is past its time; of many nodes one does.</summary>
    public async Task RotateWhenDue()
    {
        if (db.Now() < keys.NewestAt + settings.KeyLife)
        {
            return;
        }

        await db.Write(async session =>
        {
            await SigningKeyStore.TakeTurn(session);
            var newest = (await SigningKeyStore.Valid(session))[^1];
            if (newest.CreatedAt + settings.KeyLife <= session.Now)
            {
                await Replace(session, Server, atOnce: false);
            }
        });
        await keys.Refresh();
        signals.Keys.Set();
    }

    private async ValueTask<RotatedKeys> Replace(Session session, Caller caller, bool atOnce)
    {
        await SigningKeyStore.TakeTurn(session);
        // At once the others are over, however many they are, and whoever asks for that must not be refused it.
        if (!atOnce && (await SigningKeyStore.Valid(session)).Count >= MaxKeys)
        {
            throw Problem.Conflict($"{MaxKeys} keys are valid now; let the tokens of the oldest end first.");
        }

        var signsAt = atOnce ? session.Now : session.Now + Lead;
        // Not by the life this node gives its tokens: another, or this one before its restart, may give a longer one.
        var othersEndAt = atOnce ? session.Now : signsAt + TokenSettings.MaxAccessLife + AccessTokens.Skew;
        var id = await SigningKeyStore.Make(session, ids, signsAt, ring.TryCurrent());
        await SigningKeyStore.End(session, id, othersEndAt);
        var detail = Json.OfNode(new JsonObject { ["at_once"] = atOnce });
        await audit.Append(session, caller, new AuditEntry("keys.rotated", "signing_key", id, null, detail));
        return new RotatedKeys(id, signsAt, othersEndAt);
    }
}
