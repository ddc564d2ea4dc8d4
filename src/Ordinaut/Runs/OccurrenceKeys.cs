namespace Ordinaut.Runs;

/// <summary>
/// What tells occurrences of one task at one instant apart. Together with both it is the ledger's primary key, so
/// whatever may happen once has one spelling here.
/// </summary>
internal static class OccurrenceKeys
{
    /// <summary>The schedule's own firing at that instant.</summary>
    public const string Schedule = "";

    /// <summary>A condition's check, which is not an occurrence until it fires. Statements spell it out.</summary>
    public const string Check = "check";

    /// <summary>A past instant that had no run.</summary>
    public const string Backfill = "backfill";

    /// <summary>A past instant run once more, whether or not it has a run.</summary>
    public static string BackfillAgain(Guid id) => $"{Backfill}:{id:N}";

    public static string Event(Guid eventId) => $"event:{eventId:N}";

    public static string Manual(Guid id) => $"manual:{id:N}";

    public static string Rerun(Guid id) => $"rerun:{id:N}";
}
