namespace Ordinaut.JsonSchemas;

/// <summary>A regular expression that cannot be used; the message is the rest of a sentence about it.</summary>
internal sealed class EcmaRegexException(string message) : Exception(message);
