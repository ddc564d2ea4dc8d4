namespace Ordinaut.Tests.Conformance;

/// <summary>A task as the model knows it. A timed one fires once in so many minutes, at a second of its own.</summary>
internal sealed record ModelTask
{
    public const int Priority = 5;

    public required Guid Id { get; init; }

    /// <summary>How many were made before it.</summary>
    public required int Number { get; init; }

    /// <summary>Whose it is: to anybody else there is no such task.</summary>
    public required string Agent { get; init; }

    /// <summary>The topic it listens to; null: it goes by the clock.</summary>
    public string? Topic { get; init; }

    public int Every { get; init; } = 1;
    public string Status { get; init; } = "active";
    public int Version { get; init; } = 1;
    public DateTimeOffset? Nominal { get; init; }
    public DateTimeOffset? Due { get; init; }
    public DateTimeOffset? SnoozedUntil { get; init; }
    public string Overlap { get; init; } = "queue";
    public string? Key { get; init; }
    public int Limit { get; init; } = 1;
    public int Urgency { get; init; } = Priority;
    public string? Dedupe { get; init; }
    public string Misfire { get; init; } = "run_once";
    public int Retries { get; init; }

    /// <summary>Tasks share neither a second nor, so, an instant: no order of equals is open.</summary>
    public int Second => Number % 8 * 7 + 1;

    public string Slot => Key is null ? Id.ToString() : $"{Agent} {Key}";

    public DateTimeOffset Next(DateTimeOffset after)
    {
        var at = LastAtOrBefore(after);
        return at.AddMinutes(Every);
    }

    public DateTimeOffset LastAtOrBefore(DateTimeOffset at)
    {
        var second = at.ToUnixTimeSeconds() - Second;
        return DateTimeOffset.FromUnixTimeSeconds(second - second % (60L * Every) + Second);
    }
}

/// <summary>Where a live run of the model stands.</summary>
internal enum Stand
{
    Held,

    /// <summary>Has its place; may be claimed when it is due.</summary>
    Queued,
    Leased,
}

internal sealed record ModelRun
{
    public required Guid Id { get; init; }
    public required int Number { get; init; }
    public required Guid Task { get; init; }
    public required string Agent { get; init; }
    public required int Version { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Key { get; init; }
    public required string Slot { get; init; }
    public required int Limit { get; init; }
    public required int Urgency { get; init; }
    public required DateTimeOffset Due { get; init; }
    public required int Retries { get; init; }
    public Stand Stand { get; init; }
    public long Epoch { get; init; }
    public int Attempt { get; init; } = 1;
    public int Deaths { get; init; }
    public bool IsCancelWanted { get; init; }
    public string? Owner { get; init; }
    public DateTimeOffset? Until { get; init; }

    /// <summary>How it ended; null while it lives.</summary>
    public string? End { get; init; }

    public string? Code { get; init; }
}

/// <summary>A line of the ledger.</summary>
internal sealed record ModelLine(Guid Task, DateTimeOffset At, string Key)
{
    public Guid? Run { get; init; }
    public string? Reason { get; init; }

    /// <summary>Refused at the door, where the line says in words why; not passed over by the plan.</summary>
    public bool IsRefusal { get; init; }

    public DateTimeOffset? Through { get; init; }
    public long Count { get; init; } = 1;
}

/// <summary>A lease that a worker was given.</summary>
internal sealed record ModelClaim(Guid Run, long Epoch, string Owner);
