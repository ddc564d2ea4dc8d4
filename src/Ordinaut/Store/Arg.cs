using System.Text.Json;

namespace Ordinaut.Store;

/// <summary>
/// A named value for a statement, written at the call as a tuple: <c>("id", task.Id)</c>. The dialect decides how
/// the database stores it. The name has no <c>@</c>; <c>@now</c> is never given, the session binds it.
/// </summary>
internal readonly record struct Arg(string Name, object? Value)
{
    public static implicit operator Arg((string Name, Guid Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, Guid? Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, string? Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, long Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, int Value) arg) => new(arg.Name, (long)arg.Value);

    public static implicit operator Arg((string Name, long? Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, bool Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, DateTimeOffset Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, DateTimeOffset? Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, byte[]? Value) arg) => new(arg.Name, arg.Value);

    public static implicit operator Arg((string Name, JsonElement? Value) arg) =>
        new(arg.Name, arg.Value?.GetRawText());
}
