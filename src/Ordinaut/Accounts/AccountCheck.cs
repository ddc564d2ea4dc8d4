using Ordinaut.Sdk.Wire;

namespace Ordinaut.Accounts;

/// <summary>Whether an account may be as asked; all findings at once. Pure.</summary>
internal static class AccountCheck
{
    /// <summary>Characters of a login.</summary>
    public const int MaxLogin = 100;

    /// <summary>Characters of what a provider calls a person (OpenID Connect Core §2).</summary>
    public const int MaxSubject = 255;

    /// <summary>Characters of a provider's name, a URL.</summary>
    public const int MaxIssuer = 500;

    /// <param name="hasPassword">Whether a password is set already, which stays when none is given.</param>
    public static void Check(AccountInput input, bool hasPassword)
    {
        var errors = new List<FieldError>();
        if (input.Login is null && input.Subject is null)
        {
            errors.Add(new FieldError("", "Give a login and a password, an issuer and a subject, or both pairs."));
        }

        CheckLogin(input.Login, errors);
        CheckPassword(input, hasPassword, errors);
        CheckIdentity(input, errors);
        if (errors.Count > 0)
        {
            throw Problem.Invalid(errors);
        }
    }

    private static void CheckLogin(string? login, List<FieldError> errors)
    {
        if (login is not null && (login.Length is 0 or > MaxLogin || login.Any(c => c is <= ' ' or > '~')))
        {
            errors.Add(new FieldError("/login", $"The login has 1 to {MaxLogin} visible ASCII characters."));
        }
    }

    private static void CheckPassword(AccountInput input, bool hasPassword, List<FieldError> errors)
    {
        if (input.Password is null)
        {
            if (input.Login is not null && !hasPassword)
            {
                errors.Add(new FieldError("/password", "A login needs a password."));
            }

            return;
        }

        if (input.Login is null)
        {
            errors.Add(new FieldError("/login", "A password needs a login."));
        }

        errors.AddRange(PasswordCheck.Findings(input.Password, input.Login));
    }

    private static void CheckIdentity(AccountInput input, List<FieldError> errors)
    {
        if (input.Issuer is null != input.Subject is null)
        {
            errors.Add(new FieldError("/subject", "Give the issuer and the subject together."));
        }

        if (input.Issuer is not null && (input.Issuer.Length is 0 or > MaxIssuer || input.Issuer.Any(char.IsControl)))
        {
            errors.Add(new FieldError("/issuer", $"The issuer has 1 to {MaxIssuer} characters."));
        }

        if (
            input.Subject is not null
            && (input.Subject.Length is 0 or > MaxSubject || input.Subject.Any(char.IsControl))
        )
        {
            errors.Add(new FieldError("/subject", $"The subject has 1 to {MaxSubject} characters."));
        }
    }
}
