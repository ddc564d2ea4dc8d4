namespace Ordinaut.Accounts;

/// <summary>Whether a password may be chosen, whoever sets it. Pure.</summary>
internal static class PasswordCheck
{
    /// <summary>Characters of a login that is looked for in the password; a shorter one is in any.</summary>
    private const int LeastWord = 4;

    public static IEnumerable<FieldError> Findings(string password, string? login)
    {
        // What anybody would try first: the words of this place.
        string[] words = login is { Length: >= LeastWord } ? [Passwords.OurName, login] : [Passwords.OurName];
        if (words.Any(word => password.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            yield return Finding($"The password contains neither the login nor '{Passwords.OurName}'.");
        }

        if (password.Length is < Passwords.MinLength or > Passwords.MaxLength)
        {
            yield return Finding(
                $"The password has {Passwords.MinLength} to {Passwords.MaxLength} characters, of any kind."
            );
        }
        else if (CommonPasswords.IsOne(password))
        {
            yield return Finding(
                "The password is made of well-known words, rows of keys or repetitions, which are tried first; "
                    + "take four words that have nothing to do with each other."
            );
        }
    }

    private static FieldError Finding(string detail) => new("/password", detail);
}
