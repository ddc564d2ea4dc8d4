using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Secrets;

/// <summary>
/// Agents' secrets: stored, replaced and deleted by their owner, and shown to nobody. Who may use tools may keep what
/// they need; there is nothing here that another agent's id could name.
/// </summary>
internal sealed class SecretOperations(Db db, Changes changes, AuditLog audit, KeyRing keys)
{
    /// <summary>Secrets rewritten in one transaction of a rotation; 100.</summary>
    private const int Batch = 100;

    public async Task<Page<SecretView>> List(Caller caller)
    {
        caller.Require(Scope.ToolsUse);
        var rows = await db.ReadFor(caller.Reach(), session => SecretStore.Of(session, caller.AgentId));
        return new Page<SecretView>([.. rows.Select(View)], SecretCheck.MaxSecrets, false, null);
    }

    public async Task<SecretView> Put(Caller caller, string name, SecretInput input)
    {
        caller.Require(Scope.ToolsUse);
        SecretCheck.Require(name, input);
        var key = keys.Current();
        return await changes.Make(
            caller,
            async session =>
            {
                await SecretStore.Begin(session);
                var all = await SecretStore.Of(session, caller.AgentId);
                var before = all.Find(secret => secret.Name == name);
                if (before is not null)
                {
                    caller.RequireUnbound("replace a secret, which approved tasks may send");
                }
                else if (all.Count >= SecretCheck.MaxSecrets)
                {
                    throw Problem.Conflict(
                        $"An agent keeps at most {SecretCheck.MaxSecrets} secrets; delete one first."
                    );
                }

                await SecretStore.Save(session, Sealed(caller, name, input, before, key));
                await Tell(session, caller, name, "secret.saved");
                return View((await SecretStore.Find(session, caller.AgentId, name))!);
            }
        );
    }

    public async Task Delete(Caller caller, string name)
    {
        caller.Require(Scope.ToolsUse);
        caller.RequireUnbound("delete a secret, which approved tasks may send");
        await changes.Make(
            caller,
            async session =>
            {
                if (!await SecretStore.Remove(session, caller.AgentId, name))
                {
                    throw Problem.NotFound("secret", name);
                }

                await Tell(session, caller, name, "secret.deleted");
                return true;
            }
        );
    }

    /// <summary>
    /// Puts every secret under a new key, and a new data key. Calls go on meanwhile: both keys open. What was begun
    /// and broken off is finished by the next.
    /// </summary>
    public async Task<RotatedSecrets> Rotate(Caller caller)
    {
        caller.Require(Scope.Admin);
        var key = keys.Renew((await db.Read(InUse)).ToHashSet());
        var resealed = 0;
        while (await db.Write(session => ResealSome(session, key)) is var some and > 0)
        {
            resealed += some;
            // Of rotations at the same time all end under the last one's key.
            key = keys.Current();
        }

        await db.Write(session => SigningKeyStore.Seal(session, keys, key));
        await db.Write(session =>
            audit.Append(session, caller, new AuditEntry("secrets.rotated", "secret_key", key.Id, caller.AgentId))
        );
        return new RotatedSecrets(key.Id, resealed);
    }

    /// <summary>Refuses to start where secrets are under keys that this process does not have.</summary>
    public static async Task RequireKeys(Db db, KeyRing keys)
    {
        var missing = (await db.Read(SecretStore.Keys)).Find(id => keys.Find(id) is null);
        if (missing is not null)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"The database holds secrets under the key {missing}, which this process does not have. Set "
                    + "secrets_key, secrets_key_file or secrets_key_command to the key they were stored with "
                    + "(docs/secrets.md)."
            );
        }
    }

    private static async ValueTask<IEnumerable<string>> InUse(Session session) =>
        (await SecretStore.Keys(session)).Concat(await SigningKeyStore.Seals(session));

    private async ValueTask<int> ResealSome(Session session, SecretKey key)
    {
        await SecretStore.Begin(session);
        var rows = await SecretStore.NotUnder(session, key.Id, Batch);
        foreach (var row in rows)
        {
            await SecretStore.Reseal(session, row.Seal(Open(row), key));
        }

        return rows.Count > 0 ? rows.Count : await ResealSigning(session, key);
    }

    private async ValueTask<int> ResealSigning(Session session, SecretKey key)
    {
        var rows = await SigningSecretStore.NotUnder(session, key.Id, Batch);
        foreach (var row in rows)
        {
            var value =
                keys.Open(row.Envelope, row.Binding)
                ?? throw Problem.Conflict(
                    $"The signing secret of {row.Id} does not open: its key {row.Envelope.KeyId} is not here, or its "
                        + "row was changed. Give the key, or delete that webhook or hook; then rotate again."
                );
            await SigningSecretStore.Save(session, row.Seal(value, key));
        }

        return rows.Count;
    }

    private string Open(SecretRow row) =>
        keys.Open(row)
        ?? throw Problem.Conflict(
            $"The secret '{row.Name}' of agent {row.OwnerId} does not open: its key {row.Envelope.KeyId} is not "
                + "here, or its row was changed. Give the key, or delete the secret; then rotate again."
        );

    private static SecretRow Sealed(Caller caller, string name, SecretInput input, SecretRow? before, SecretKey key) =>
        new SecretRow(caller.AgentId, name, (before?.Version ?? 0) + 1)
        {
            Description = input.Description ?? "",
            Tools = input.Tools ?? [],
            Hosts = input.Hosts ?? [],
        }.Seal(input.Value!, key);

    private async ValueTask Tell(Session session, Caller caller, string name, string action) =>
        await audit.Append(session, caller, new AuditEntry(action, "secret", name, caller.AgentId));

    private static SecretView View(SecretRow row) =>
        new(row.Name, row.Description, row.Tools, row.Hosts, row.Version, row.CreatedAt, row.UpdatedAt, row.LastUsedAt);
}
