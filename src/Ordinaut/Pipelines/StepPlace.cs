using System.Globalization;

namespace Ordinaut.Pipelines;

/// <summary>
/// Where a step stands in a run: <c>0002.0017.0000</c> is the first step of the eighteenth item of the third step.
/// Places sort, byte by byte, as the steps are read.
/// </summary>
/// <param name="Text">Four digits for each level; a handler's level begins with a letter, after all items.</param>
/// <param name="Items">The items around it, as its id shows them: <c>[17]</c>.</param>
internal readonly record struct StepPlace(string Text, string Items)
{
    public static readonly StepPlace Root = new("", "");

    public StepPlace Step(int index) => new(Below(index), Items);

    public StepPlace Item(int index) =>
        new(Below(index), string.Create(CultureInfo.InvariantCulture, $"{Items}[{index}]"));

    public StepPlace Branch(int index) => new(Below(index), Items);

    public StepPlace Handler => new($"{Text}.h", Items);

    private string Below(int index) =>
        Text.Length == 0
            ? index.ToString("0000", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Text}.{index:0000}");
}
