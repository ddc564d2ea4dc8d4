using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ordinaut.Schedules;

/// <summary>
/// How much later than its nominal time a task starts, so that tasks of the same minute do not start together.
/// The same for a task for ever, on every machine and in every version: it is a hash of the id.
/// </summary>
internal static class Jitter
{
    /// <param name="taskId">Hashed in the byte order of its text.</param>
    /// <param name="jitterSeconds">The most, in seconds; 0 or less is none.</param>
    /// <returns>Uniform in [0, jitterSeconds], in whole milliseconds.</returns>
    public static TimeSpan For(Guid taskId, int jitterSeconds)
    {
        if (jitterSeconds <= 0)
        {
            return TimeSpan.Zero;
        }

        Span<byte> id = stackalloc byte[16];
        taskId.TryWriteBytes(id, bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, hash);
        var choices = (ulong)jitterSeconds * 1000 + 1;
        var chosen = Math.BigMul(BinaryPrimitives.ReadUInt64BigEndian(hash), choices, out _);
        return TimeSpan.FromMilliseconds((long)chosen);
    }
}
