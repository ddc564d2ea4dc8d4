namespace Ordinaut.Secrets;

/// <summary>The keys as this process knows them: the current one seals, the others still open.</summary>
internal sealed class KeyRing(IKeySource source)
{
    /// <summary>Keys at once; 8.</summary>
    public const int MaxKeys = 8;

    private static readonly HashSet<string> None = [];

    private readonly Lock _turn = new();
    private volatile IReadOnlyList<SecretKey> _keys = [];

    /// <summary>The key to seal with; the first time, a new one.</summary>
    /// <exception cref="Problem">There is none, and it is not for this process to make one.</exception>
    public SecretKey Current() =>
        TryCurrent()
        ?? throw new Problem(
            ProblemKind.Unavailable,
            "Secrets cannot be stored: the server has no key for them. The operator sets secrets_key, the same for all "
                + "processes of the database (docs/secrets.md)."
        );

    /// <summary>The same; null where there is none, and it is not for this process to make one.</summary>
    public SecretKey? TryCurrent()
    {
        lock (_turn)
        {
            _keys = source.Read();
            if (_keys.Count == 0 && source.TryRenew(None))
            {
                _keys = source.Read();
            }

            return _keys.Count > 0 ? _keys[0] : null;
        }
    }

    /// <summary>The key of this id, if there is one now.</summary>
    public SecretKey? Find(string id)
    {
        if (_keys.FirstOrDefault(key => key.Id == id) is { } known)
        {
            return known;
        }

        lock (_turn)
        {
            _keys = source.Read();
            return _keys.FirstOrDefault(key => key.Id == id);
        }
    }

    /// <summary>The value; null when its key is not here or its row was changed.</summary>
    public string? Open(SecretRow secret) => Open(secret.Envelope, secret.Binding);

    public string? Open(Envelope envelope, byte[] binding) =>
        Find(envelope.KeyId) is { } key ? envelope.Open(key, binding) : null;

    /// <summary>Goes over to a new key, or to the one that the operator put first.</summary>
    /// <param name="inUse">The keys that are still needed.</param>
    public SecretKey Renew(IReadOnlySet<string> inUse)
    {
        lock (_turn)
        {
            source.TryRenew(inUse);
        }

        return Current();
    }
}
