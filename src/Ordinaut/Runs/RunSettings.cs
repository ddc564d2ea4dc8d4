namespace Ordinaut.Runs;

/// <summary>What one run may take.</summary>
/// <param name="Bytes">Bytes of JSON that it keeps of its steps, inputs and outputs together.</param>
internal sealed record RunSettings(long Bytes);
