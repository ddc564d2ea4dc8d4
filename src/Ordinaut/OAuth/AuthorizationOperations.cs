using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Store;

namespace Ordinaut.OAuth;

/// <summary>A client asks, a person allows or refuses, a code is the answer (RFC 6749 §4.1 with PKCE).</summary>
internal sealed class AuthorizationOperations(Db db, ClientDocuments documents, AuditLog audit, Ids ids)
{
    /// <summary>What the client wants; it may have a fault that the client is to be told.</summary>
    /// <exception cref="Problem">
    /// Nobody can be sent back: the client is unknown, or the redirect URI not one of its own.
    /// </exception>
    public async Task<AuthorizeRequest> Read(Parameters given, ServerName server, CancellationToken ct)
    {
        var client = await Client(given.Required("client_id"), ct);
        var redirectUri = given.Required("redirect_uri");
        return RedirectUris.Matches(client.RedirectUris, redirectUri)
            ? new AuthorizeRequest(client, redirectUri, server.Issuer).Read(given, server.IsResource)
            : throw GrantProblems.Of(
                "invalid_request",
                $"redirect_uri is not one of those that the client {Quoted.Of(client.Name)} has; it must be the same, "
                    + "character for character."
            );
    }

    /// <summary>Where to send the browser with a code.</summary>
    /// <param name="agent">Who is signed in.</param>
    /// <param name="chosen">The scopes that the person left checked.</param>
    public async Task<string> Allow(AuthorizeRequest request, Agent agent, Scope chosen, string requestId)
    {
        var scopes = chosen & request.Offered(agent.Scopes);
        if (scopes == Scope.None)
        {
            return await Refuse(request, agent, requestId);
        }

        var code = await db.Write(async session =>
        {
            await Note(session, request, (agent, scopes), "consent.given", requestId);
            return await AuthorizationCodes.Issue(
                session,
                new Consent(
                    ids.Next(),
                    request.Client.Id,
                    agent.Id,
                    scopes,
                    request.RedirectUri,
                    request.Challenge,
                    request.Resource
                )
            );
        });
        return request.Answer(("code", code));
    }

    /// <summary>Where to send the browser with the refusal.</summary>
    public async Task<string> Refuse(AuthorizeRequest request, Agent agent, string requestId)
    {
        await db.Write(session => Note(session, request, (agent, Scope.None), "consent.refused", requestId));
        return request.Refusal(GrantProblems.Of("access_denied", "The person did not allow it."));
    }

    private async Task<OAuthClient> Client(string id, CancellationToken ct)
    {
        if (ClientDocuments.IsAddress(id))
        {
            return await documents.Fetch(id, ct);
        }

        var client = Guid.TryParseExact(id, "D", out var known)
            ? await db.Read(session => Registered(session, known))
            : null;
        return client
            ?? throw GrantProblems.Of(
                "invalid_client",
                "There is no such client; register it at POST /oauth/clients, or let it go by the https URL of its "
                    + "metadata document."
            );
    }

    private static async ValueTask<OAuthClient?> Registered(Session session, Guid id)
    {
        if (await ClientStore.Get(session, id) is not { } client)
        {
            return null;
        }

        var registrant = await AgentStore.Get(session, client.CreatedBy);
        return client.Client() with { Registrant = registrant?.Name };
    }

    private ValueTask Note(
        Session session,
        AuthorizeRequest request,
        (Agent Agent, Scope Scopes) given,
        string action,
        string requestId
    )
    {
        var detail = new JsonObject
        {
            ["client_id"] = request.Client.Id,
            ["client_name"] = request.Client.Name,
            ["redirect_uri"] = request.RedirectUri,
            ["scope"] = given.Scopes.Text(),
        };
        var id = given.Agent.Id;
        return audit.Append(
            session,
            new Caller(id, given.Scopes) { RequestId = requestId },
            new AuditEntry(action, "agent", id.ToString(), id, Json.OfNode(detail))
        );
    }
}

/// <summary>What this server is called, as whoever asks sees it.</summary>
/// <param name="Issuer">The name that answers and tokens have.</param>
/// <param name="IsResource">Whether a resource (RFC 8707) is this server.</param>
internal sealed record ServerName(string Issuer, Func<string, bool> IsResource);
