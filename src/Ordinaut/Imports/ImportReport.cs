namespace Ordinaut.Imports;

/// <summary>What became of each thing of the original.</summary>
internal sealed record ImportReport(IReadOnlyList<ImportLine> Lines)
{
    public int Count(ImportOutcome outcome) => Lines.Count(line => line.Outcome == outcome);

    /// <summary>For a person at a terminal.</summary>
    /// <param name="isRehearsal">Whether nothing of it is here, so that no id means anything.</param>
    public IEnumerable<string> Words(bool isRehearsal)
    {
        foreach (var line in Lines)
        {
            var isHere = line.Id is not null && !(isRehearsal && line.Outcome == ImportOutcome.Imported);
            var id = isHere ? $" is {line.Id}" : "";
            yield return $"{Word(line.Outcome), -8}  {line.Noun, -5}  {line.OriginalId}{id}  {Quoted.Of(line.Name)}";
            foreach (var note in line.Notes)
            {
                yield return $"          - {note}";
            }
        }

        var counts = Enum.GetValues<ImportOutcome>().Select(outcome => $"{Count(outcome)} {Word(outcome)}");
        yield return $"{(isRehearsal ? "would be: " : "")}{string.Join(", ", counts)}";
        yield return "Tasks that are brought over are paused until you resume them; they have the tag "
            + $"'{Translation.Tag}'.";
    }

    private static string Word(ImportOutcome outcome) => Word<ImportOutcome>.Of(outcome);
}

/// <summary>What became of one.</summary>
/// <param name="Noun"><c>agent</c> or <c>task</c>.</param>
/// <param name="OriginalId">Its id there.</param>
/// <param name="Name">Its name or title.</param>
/// <param name="Id">Its id here; null when it is not here.</param>
/// <param name="Notes">What was changed of it, or what is wrong with it.</param>
internal sealed record ImportLine(
    string Noun,
    Guid OriginalId,
    string Name,
    ImportOutcome Outcome,
    Guid? Id,
    params IReadOnlyList<string> Notes
);

internal enum ImportOutcome
{
    /// <summary>It is here now; a task is paused.</summary>
    Imported,

    /// <summary>An earlier import brought it, or it was here before; it was not touched.</summary>
    Present,

    /// <summary>It was at its end there and is not brought over.</summary>
    Left,

    /// <summary>It cannot be here as it is.</summary>
    Refused,
}
