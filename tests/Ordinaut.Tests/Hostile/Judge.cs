using System.Collections.Concurrent;

namespace Ordinaut.Tests.Hostile;

/// <summary>Sees every answer that an attacker gets, and keeps what should not have been in it.</summary>
internal sealed class Judge(string canary)
{
    private int _seen;

    /// <summary>Answers with a word that is only another's.</summary>
    public ConcurrentQueue<string> Leaks { get; } = [];

    /// <summary>What should have been refused.</summary>
    public ConcurrentQueue<string> Grants { get; } = [];

    /// <summary>Answers of 5xx but 503, which says that the server is busy.</summary>
    public ConcurrentQueue<string> Defects { get; } = [];

    public ConcurrentDictionary<int, int> Statuses { get; } = [];

    public int Seen => _seen;

    public Reply See(string what, Reply reply)
    {
        Hear(what, reply.Text);
        Statuses.AddOrUpdate(reply.Status, 1, (_, n) => n + 1);
        if (reply.Status >= 500 && reply.Status != 503)
        {
            Defects.Enqueue($"{what}: {reply.Status} {reply.Body}");
        }

        return reply;
    }

    /// <summary>The same of what comes without an answer's form: streams, deliveries.</summary>
    public void Hear(string what, string text)
    {
        Interlocked.Increment(ref _seen);
        if (text.Contains(canary, StringComparison.OrdinalIgnoreCase))
        {
            Leaks.Enqueue($"{what}: {text}");
        }
    }

    /// <summary>For what nobody but its owner may do.</summary>
    public void MustRefuse(string what, Reply reply)
    {
        See(what, reply);
        if (reply.IsSuccess)
        {
            Grants.Enqueue($"{what}: {reply.Status} {reply.Body}");
        }
    }
}
