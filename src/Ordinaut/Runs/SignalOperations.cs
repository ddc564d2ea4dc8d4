using System.Text.Json;
using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>Signals from outside: who holds a token may answer the one step that waits for it, once.</summary>
internal sealed class SignalOperations(Db db, Ordinaut.Signals signals)
{
    /// <summary>Bytes of a signal's payload.</summary>
    public const int MaxPayloadBytes = 256 * 1024;

    /// <summary>The token is the right: no agent is asked for.</summary>
    public async Task<SignalReceipt> Send(string token, JsonElement? payload)
    {
        if (payload is { } given && System.Text.Encoding.UTF8.GetByteCount(given.GetRawText()) > MaxPayloadBytes)
        {
            throw new Problem(ProblemKind.TooLarge, $"A signal's payload has at most {MaxPayloadBytes} bytes.");
        }

        var answer = new StepAnswer(payload ?? Json.Parse("null"));
        if (!await db.Write(session => WaitStore.Answer(session, SignalToken.KeyOf(token), answer)))
        {
            throw new Problem(ProblemKind.NotFound, "No step waits for this signal: it was sent already, or is over.");
        }

        signals.Queue.Set();
        return new SignalReceipt(true);
    }
}
