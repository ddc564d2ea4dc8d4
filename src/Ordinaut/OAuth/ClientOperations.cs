using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.OAuth;

/// <summary>Which programs may ask people for tokens. Whoever registered one manages it, and an admin all.</summary>
internal sealed class ClientOperations(Db db, Changes changes, AuditLog audit, Ids ids)
{
    /// <summary>Characters of a name.</summary>
    public const int MaxName = 100;

    public async Task<OAuthClientView> Register(Caller caller, OAuthClientInput input)
    {
        caller.Require(Scope.AgentsManage);
        caller.RequireUnbound("register a program that asks people for tokens");
        Check(input);
        return await changes.Make(
            caller,
            async session =>
            {
                var client = new RegisteredClient(
                    ids.Next(),
                    input.Name!,
                    input.RedirectUris!,
                    caller.AgentId,
                    session.Now
                );
                await ClientStore.Insert(session, client);
                await audit.Append(session, caller, client.Entry("oauth_client.registered"));
                return client.View();
            }
        );
    }

    public async Task<Page<OAuthClientView>> List(Caller caller, int limit, Guid? after)
    {
        caller.Require(Scope.AgentsManage);
        var rows = await db.ReadFor(
            caller.Reach(),
            session => ClientStore.Page(session, caller.AgentId, caller.SeesAll, after ?? Guid.Empty, limit + 1)
        );
        return Pages.Of(rows, limit, client => client.View(), client => client.Id.ToString());
    }

    public async Task<OAuthClientView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.AgentsManage);
        return (await db.ReadFor(caller.Reach(), session => Visible(session, caller, id))).View();
    }

    /// <summary>Its refresh tokens end with it; an access token that it has lives out its minutes.</summary>
    public Task Delete(Caller caller, Guid id)
    {
        caller.Require(Scope.AgentsManage);
        return db.Write(async session =>
        {
            var client = await Visible(session, caller, id);
            await ClientStore.Delete(session, id);
            await AuthorizationCodes.EndAllOfClient(session, id.ToString());
            await RefreshTokens.EndAllOfClient(session, id.ToString());
            await audit.Append(session, caller, client.Entry("oauth_client.deleted"));
        });
    }

    private static async ValueTask<RegisteredClient> Visible(Session session, Caller caller, Guid id)
    {
        var client = await ClientStore.Get(session, id);
        return client is not null && (caller.SeesAll || client.CreatedBy == caller.AgentId)
            ? client
            : throw Problem.NotFound("OAuth client", id.ToString());
    }

    private static void Check(OAuthClientInput input)
    {
        var errors = new List<FieldError>();
        if (!IsName(input.Name))
        {
            errors.Add(
                new FieldError("/name", $"The name has 1 to {MaxName} characters, no control ones, no spaces around.")
            );
        }

        if (input.RedirectUris is not { Count: > 0 and <= RedirectUris.Most } uris)
        {
            errors.Add(new FieldError("/redirect_uris", $"There must be 1 to {RedirectUris.Most} redirect URIs."));
        }
        else
        {
            errors.AddRange(
                from uri in uris.Index()
                where !RedirectUris.IsAcceptable(uri.Item)
                select new FieldError(
                    $"/redirect_uris/{uri.Index}",
                    "A redirect URI is https, http on this machine (127.0.0.1, [::1] or localhost), or has a scheme of "
                        + $"its own with a dot; no fragment, no user, at most {RedirectUris.MaxLength} characters."
                )
            );
        }

        if (errors.Count > 0)
        {
            throw Problem.Invalid(errors);
        }
    }

    /// <summary>Whether people can be shown it as it is.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxName } && !name.Any(char.IsControl) && name.Trim() == name;
}
