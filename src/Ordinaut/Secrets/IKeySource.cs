namespace Ordinaut.Secrets;

/// <summary>
/// Where the keys come from: a file of this process, or the operator, who may have them of a key management service.
/// </summary>
internal interface IKeySource
{
    /// <summary>All keys, the current one first; none as long as nobody needed one.</summary>
    /// <exception cref="Problem">They cannot be read.</exception>
    IReadOnlyList<SecretKey> Read();

    /// <summary>Makes a new key the current one, where keys are made here.</summary>
    /// <param name="inUse">The keys that stay beside it.</param>
    /// <returns>False where the operator gives the keys.</returns>
    bool TryRenew(IReadOnlySet<string> inUse);
}

/// <summary>Keys that the operator gives in a setting; the process cannot change them.</summary>
internal sealed class GivenKeys(IReadOnlyList<SecretKey> keys) : IKeySource
{
    public IReadOnlyList<SecretKey> Read() => keys;

    public bool TryRenew(IReadOnlySet<string> inUse) => false;
}
