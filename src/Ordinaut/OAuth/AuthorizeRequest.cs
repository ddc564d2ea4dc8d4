using System.Text;
using Ordinaut.Agents;

namespace Ordinaut.OAuth;

/// <summary>
/// A client's wish, as a browser brought it: read in two parts, since what is wrong with the first (who asks, where to
/// send people back) is told to the person alone, and what is wrong with the rest to the client.
/// </summary>
internal sealed record AuthorizeRequest(OAuthClient Client, string RedirectUri, string Issuer)
{
    /// <summary>Scopes to ask for when none is named: all but <c>admin</c>, which must be named.</summary>
    private const Scope Usual = (Scope)((int)Scope.Admin - 1);

    public string? State { get; private init; }

    public Scope Asked { get; private init; }

    public string Challenge { get; private init; } = "";

    public string? Resource { get; private init; }

    /// <summary>Why it cannot be, in the protocol's words; null when it can.</summary>
    public Problem? Fault { get; private init; }

    /// <summary>
    /// Whether a browser may go there though nobody was asked. A document about a client can be anyone's, and a link to
    /// this server must not lead to anyone's page by itself (RFC 9700 §4.11.2).
    /// </summary>
    public bool IsSafeToSendBack => Client.Host is null || RedirectUris.IsLocal(RedirectUri);

    /// <summary>Reads what is left once the client and its redirect URI are known to be right.</summary>
    /// <param name="isOurs">Whether a resource is this server.</param>
    public AuthorizeRequest Read(Parameters given, Func<string, bool> isOurs)
    {
        var told = this;
        try
        {
            told = told with { State = given.One("state") };
            return told.ReadWish(given, isOurs);
        }
        catch (Problem fault)
        {
            return told with { Fault = fault };
        }
    }

    private AuthorizeRequest ReadWish(Parameters given, Func<string, bool> isOurs)
    {
        Require(given.Required("response_type") == "code", "unsupported_response_type", "response_type must be code.");
        Require(
            given.One("response_mode") is null or "query",
            "invalid_request",
            "response_mode must be query, or left out."
        );
        Require(
            given.One("code_challenge_method") == Pkce.Method && Pkce.IsChallenge(given.One("code_challenge")),
            "invalid_request",
            $"code_challenge_method must be {Pkce.Method}, and code_challenge the verifier's SHA-256 in base64url."
        );
        var resources = given.All("resource");
        Require(
            resources.All(isOurs),
            "invalid_target",
            "resource must be this server, as /.well-known/oauth-protected-resource names it."
        );
        return this with
        {
            Asked = ScopesOf(given.One("scope")),
            Challenge = given.Required("code_challenge"),
            Resource = resources is [var one, ..] ? one : null,
        };
    }

    /// <summary>
    /// What a person who holds these scopes can be asked to give. Who asks for <c>admin</c> of somebody who is none has
    /// not asked for all that they have.
    /// </summary>
    public Scope Offered(Scope held) => (held.HasFlag(Scope.Admin) ? Asked : Asked & ~Scope.Admin).Within(held);

    /// <summary>Where the browser goes with the answer; it always says whose answer it is (RFC 9207).</summary>
    public string Answer(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var address = new StringBuilder(RedirectUri);
        var mark = RedirectUri.Contains('?') ? '&' : '?';
        foreach (var (name, value) in fields)
        {
            address.Append(mark).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            mark = '&';
        }

        if (State is not null)
        {
            address.Append("&state=").Append(Uri.EscapeDataString(State));
        }

        return address.Append("&iss=").Append(Uri.EscapeDataString(Issuer)).ToString();
    }

    public string Refusal(Problem fault) =>
        Answer(("error", fault.GrantError ?? "invalid_request"), ("error_description", fault.Message));

    private static Scope ScopesOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Usual;
        }

        var all = Scope.None;
        foreach (var name in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Require(Scopes.TryParse(name, out var scope), "invalid_scope", "One of the scopes does not exist here.");
            all |= scope;
        }

        return all;
    }

    private static void Require(bool fine, string error, string detail)
    {
        if (!fine)
        {
            throw GrantProblems.Of(error, detail);
        }
    }
}
