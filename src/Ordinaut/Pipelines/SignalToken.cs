using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Pipelines;

/// <summary>The token that lets someone outside answer a waiting step; the store keeps only its digest.</summary>
internal static class SignalToken
{
    /// <summary>What a step that waits for the token awaits.</summary>
    public static string KeyOf(string token) =>
        $"signal:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}";
}
