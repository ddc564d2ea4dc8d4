using Ordinaut.Sdk.Wire;

namespace Ordinaut.Sdk;

/// <summary>The server refused a request, and said why.</summary>
/// <param name="problem">Its answer.</param>
public sealed class OrdinautException(ProblemView problem) : Exception(problem?.Detail)
{
    /// <summary>The whole answer (RFC 9457).</summary>
    public ProblemView Problem { get; } = problem ?? throw new ArgumentNullException(nameof(problem));
}
