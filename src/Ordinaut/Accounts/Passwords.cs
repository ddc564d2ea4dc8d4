using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Ordinaut.Accounts;

/// <summary>
/// Passwords of people, kept as Argon2id (RFC 9106) in the usual text form, with the parameters they were made with.
/// People choose guessable ones, so each guess must cost: 19 MiB and about 12 ms here.
/// </summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>Characters; long ones need no rules about what is in them (NIST SP 800-63B).</summary>
    public const int MinLength = 15;

    public const int MaxLength = 256;

    /// <summary>In no password here.</summary>
    public const string OurName = "ordinaut";

    /// <summary>How many are worked on at once, at 19 MiB each.</summary>
    public const int MaxAtOnce = 4;

    private const int MemoryKib = 19 * 1_024;
    private const int Passes = 2;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private static readonly string Head = string.Create(
        CultureInfo.InvariantCulture,
        $"$argon2id$v=19$m={MemoryKib},t={Passes},p=1$"
    );

    private static readonly PasswordBasedKeyDerivationAlgorithm Argon2 = PasswordBasedKeyDerivationAlgorithm.Argon2id(
        new Argon2Parameters
        {
            DegreeOfParallelism = 1,
            MemorySize = MemoryKib,
            NumberOfPasses = Passes,
        }
    );

    private readonly SemaphoreSlim _places = new(MaxAtOnce);

    public async Task<string> Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Head + Convert.ToBase64String(salt) + "$" + Convert.ToBase64String(await Derive(password, salt));
    }

    /// <param name="kept">What <see cref="Hash"/> made; null for nobody's, which costs the same.</param>
    public async Task<bool> Matches(string password, string? kept)
    {
        var parts = kept?[Head.Length..].Split('$') ?? [];
        var salt = kept is null ? new byte[SaltBytes] : Convert.FromBase64String(parts[0]);
        var hash = await Derive(password, salt);
        return kept is not null && CryptographicOperations.FixedTimeEquals(hash, Convert.FromBase64String(parts[1]));
    }

    public void Dispose() => _places.Dispose();

    private async Task<byte[]> Derive(string password, byte[] salt)
    {
        await _places.WaitAsync();
        try
        {
            return Argon2.DeriveBytes(Encoding.UTF8.GetBytes(password), salt, HashBytes);
        }
        finally
        {
            _places.Release();
        }
    }
}
