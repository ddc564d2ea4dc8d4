namespace Ordinaut.Pipelines;

/// <summary>The token that lets someone outside answer a waiting step; the store keeps only its digest.</summary>
internal static class SignalToken
{
    /// <summary>What a step that waits for the token awaits.</summary>
    public static string KeyOf(string token) => $"signal:{Sha256.Hex(token)}";
}
