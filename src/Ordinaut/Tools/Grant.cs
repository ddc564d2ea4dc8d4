using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tools;

/// <summary>
/// The most that a task's runs may do, whatever its owner may later: fixed when what the task does is saved, and stored
/// with that version.
/// </summary>
/// <param name="Scopes">Names of scopes.</param>
/// <param name="Tools">Patterns of tools; null: every one.</param>
/// <param name="Hosts">Patterns of hosts; null: every one.</param>
internal sealed record Grant(
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string>? Tools = null,
    IReadOnlyList<string>? Hosts = null
)
{
    public GrantView View() => new(Scopes, Tools, Hosts);
}
