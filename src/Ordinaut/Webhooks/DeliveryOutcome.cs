using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Webhooks;

/// <summary>What came of an attempt to send an event, and what follows from it.</summary>
internal abstract record DeliveryOutcome
{
    /// <summary>Attempts at one event; 12, which take about two and a half hours.</summary>
    public const int MaxAttempts = 12;

    /// <summary>The wait after the first failure; it doubles with each.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait, also of those that a receiver asks for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private DeliveryOutcome() { }

    /// <summary>As metrics call it.</summary>
    public abstract string Name { get; }

    /// <param name="host">Of the webhook; the rest of its address may hold a secret.</param>
    /// <param name="attempt">Counts from 1.</param>
    public static DeliveryOutcome Of(EgressResult result, string host, int attempt, DateTimeOffset now) =>
        result switch
        {
            EgressResult.Answered { Status: >= 200 and < 300 } => new Taken(),
            EgressResult.Answered { Status: 410 } => new Gone($"{host} answered 410: the endpoint is gone for good."),
            EgressResult.Answered answer => OfFailure(HttpFailures.OfStatus(host, answer, now), attempt),
            var broken => OfFailure(((EgressResult.Failed)broken).Reason, attempt),
        };

    /// <summary>Every failure is of the moment: an address is changed, a right is given back.</summary>
    public static DeliveryOutcome OfFailure(ToolResult.Failed failure, int attempt) =>
        attempt >= MaxAttempts
            ? new GivenUp(failure.Message)
            : new Failed(failure.Message, WaitAfter(attempt, failure.RetryAfter));

    private static TimeSpan WaitAfter(int attempt, TimeSpan? asked)
    {
        var doubled = FirstWait * Math.Pow(2, attempt - 1);
        var wait = asked > doubled ? asked.Value : doubled;
        return wait < LongestWait ? wait : LongestWait;
    }

    internal sealed record Taken : DeliveryOutcome
    {
        public override string Name => "sent";
    }

    internal sealed record Failed(string Error, TimeSpan Wait) : DeliveryOutcome
    {
        public override string Name => "failed";
    }

    internal sealed record GivenUp(string Error) : DeliveryOutcome
    {
        public override string Name => "given_up";
    }

    /// <summary>The receiver wants nothing more.</summary>
    internal sealed record Gone(string Error) : DeliveryOutcome
    {
        public override string Name => "gone";
    }

    /// <summary>There is nobody any more who wants it, or the event is past.</summary>
    internal sealed record Dropped : DeliveryOutcome
    {
        public override string Name => "dropped";
    }

    /// <summary>Its owner is stopped: it comes again by itself.</summary>
    internal sealed record Waits : DeliveryOutcome
    {
        public override string Name => "waits";
    }
}
