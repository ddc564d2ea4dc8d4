using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Agents;

/// <summary>
/// From the text of a token to a <see cref="Caller"/>. A signature costs about 100 µs to verify, so verified tokens
/// are remembered until they expire; the agent's row is asked each time, so a disabled agent or a right taken away
/// works on the next request.
/// </summary>
internal sealed class Authenticator(AccessTokens tokens, AgentDirectory directory, TimeProvider clock)
{
    /// <summary>The most tokens remembered; when full, the expired ones go, and if none is expired, all.</summary>
    public const int Capacity = 10_000;

    private readonly ConcurrentDictionary<Digest, TokenClaims> _verified = new();
    private int _count;

    /// <summary>The caller the token stands for, or a <see cref="ProblemKind.Unauthenticated"/> problem.</summary>
    public ValueTask<Caller> Admit(string token, string requestId)
    {
        if (!TryDigest(token, out var digest) || !_verified.TryGetValue(digest, out var claims))
        {
            return new ValueTask<Caller>(VerifyAndAdmit(token, digest, requestId));
        }

        var finding = directory.Find(claims.AgentId);
        return finding.IsCompletedSuccessfully
            ? new ValueTask<Caller>(Decide(claims, finding.GetAwaiter().GetResult(), requestId))
            : new ValueTask<Caller>(WaitAndDecide(claims, finding, requestId));
    }

    /// <param name="claimed">Whose token it is, though it does not hold; null: nobody's.</param>
    public static Problem Refusal(Guid? claimed = null) =>
        new(
            ProblemKind.Unauthenticated,
            "The access token is missing, expired, revoked or not valid here; get one at POST /agents/auth/token and "
                + "send it as 'Authorization: Bearer …'."
        )
        {
            Claimed = claimed,
        };

    private async Task<Caller> VerifyAndAdmit(string token, Digest digest, string requestId)
    {
        var claims = await tokens.Verify(token) ?? throw Refusal();
        Remember(digest, claims);
        return await WaitAndDecide(claims, directory.Find(claims.AgentId), requestId);
    }

    private async Task<Caller> WaitAndDecide(TokenClaims claims, ValueTask<Agent?> finding, string requestId) =>
        Decide(claims, await finding, requestId);

    private Caller Decide(TokenClaims claims, Agent? agent, string requestId)
    {
        var fine =
            agent is { IsActive: true }
            && agent.TokenEpoch == claims.Epoch
            && tokens.IsKeyAlive(claims)
            && clock.GetUtcNow() < claims.ExpiresAt + AccessTokens.Skew;
        return fine
            ? new Caller(claims.AgentId, claims.Scopes.Within(agent!.Scopes))
            {
                RequestId = requestId,
                Limits = agent.Limits,
            }
            : throw Refusal(claims.AgentId);
    }

    private void Remember(Digest digest, TokenClaims claims)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            DropExpired();
        }

        _verified[digest] = claims;
    }

    private void DropExpired()
    {
        var now = clock.GetUtcNow();
        foreach (var (digest, claims) in _verified)
        {
            if (claims.ExpiresAt + AccessTokens.Skew <= now)
            {
                _verified.TryRemove(digest, out _);
            }
        }

        if (_verified.Count >= Capacity)
        {
            _verified.Clear();
        }

        Interlocked.Exchange(ref _count, _verified.Count + 1);
    }

    private static bool TryDigest(string token, out Digest digest)
    {
        digest = default;
        if (token.Length is 0 or > TokenShape.MaxLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[token.Length];
        if (Ascii.FromUtf16(token, bytes, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        SHA256.HashData(bytes, MemoryMarshal.AsBytes(new Span<Digest>(ref digest)));
        return true;
    }

    /// <summary>SHA-256 of a token: the cache holds nothing that could be used as one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Digest(UInt128 High, UInt128 Low)
    {
        public override int GetHashCode() => High.GetHashCode();
    }
}
