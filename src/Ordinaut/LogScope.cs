using System.Collections;

namespace Ordinaut;

/// <summary>Whose work the log lines within it are about, beside what each says itself.</summary>
internal sealed class LogScope : IReadOnlyList<KeyValuePair<string, object?>>
{
    private static readonly string[] Names = ["AgentId", "TaskId", "RunId"];

    public Guid? AgentId { get; init; }
    public Guid? TaskId { get; init; }
    public Guid? RunId { get; init; }

    public int Count => Names.Length;

    public KeyValuePair<string, object?> this[int index] =>
        new(
            Names[index],
            index switch
            {
                0 => AgentId,
                1 => TaskId,
                _ => RunId,
            }
        );

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
