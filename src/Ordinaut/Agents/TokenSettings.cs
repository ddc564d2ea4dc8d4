namespace Ordinaut.Agents;

/// <summary>How tokens are made.</summary>
/// <param name="Issuer">The <c>iss</c> of every token; empty: the address that whoever got it called.</param>
/// <param name="Audience">The <c>aud</c> of every token; one for another server is refused.</param>
/// <param name="AccessLife">How long an access token lives, 1 minute to 1 hour.</param>
/// <param name="RefreshLife">How long a refresh token lives, 1 hour to 90 days.</param>
internal sealed record TokenSettings(string Issuer, string Audience, TimeSpan AccessLife, TimeSpan RefreshLife)
{
    /// <summary>The longest life of an access token that can be set; 1 hour.</summary>
    public static readonly TimeSpan MaxAccessLife = TimeSpan.FromHours(1);

    /// <summary>After how long another key signs, 1 day to 10 years.</summary>
    public TimeSpan KeyLife { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long a session lasts from its login, however often it is refreshed; 1 day to 1 year.</summary>
    public TimeSpan SessionLife { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>A login as it came in.</summary>
/// <param name="RequestId">Ties its answer to its audit row.</param>
/// <param name="Issuer">The <c>iss</c> of the tokens that it gives.</param>
internal sealed record LoginCall(string RequestId, string Issuer);
