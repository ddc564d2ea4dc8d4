using System.Text.Json;

namespace Ordinaut.Store;

/// <summary>
/// A named value for a statement, written at the call as a tuple: <c>("id", task.Id)</c>. The session decides how
/// the database stores it. The name has no <c>@</c>; <c>@now</c> is never given, the session binds it.
/// </summary>
internal readonly struct Arg
{
    private Arg(string name, ArgKind kind)
    {
        Name = name;
        Kind = kind;
    }

    public string Name { get; }

    /// <summary>The declared kind, also of a null: PostgreSQL wants to know what it is the absence of.</summary>
    public ArgKind Kind { get; }

    public bool IsNull { get; private init; }

    /// <summary>The number, the flag (0 or 1), or the ticks of the instant in UTC.</summary>
    public long Number { get; private init; }

    public Guid Id { get; private init; }

    public string? Text { get; private init; }

    public byte[]? Bytes { get; private init; }

    public DateTimeOffset Instant => new(Number, TimeSpan.Zero);

    public static implicit operator Arg((string Name, Guid Value) arg) => new(arg.Name, ArgKind.Id) { Id = arg.Value };

    public static implicit operator Arg((string Name, Guid? Value) arg) =>
        arg.Value is { } id ? (arg.Name, id) : Null(arg.Name, ArgKind.Id);

    public static implicit operator Arg((string Name, string? Value) arg) =>
        arg.Value is null ? Null(arg.Name, ArgKind.Text) : new Arg(arg.Name, ArgKind.Text) { Text = arg.Value };

    public static implicit operator Arg((string Name, long Value) arg) =>
        new(arg.Name, ArgKind.Number) { Number = arg.Value };

    public static implicit operator Arg((string Name, int Value) arg) => (arg.Name, (long)arg.Value);

    public static implicit operator Arg((string Name, long? Value) arg) =>
        arg.Value is { } number ? (arg.Name, number) : Null(arg.Name, ArgKind.Number);

    public static implicit operator Arg((string Name, bool Value) arg) =>
        new(arg.Name, ArgKind.Flag) { Number = arg.Value ? 1 : 0 };

    public static implicit operator Arg((string Name, bool? Value) arg) =>
        arg.Value is { } flag ? (arg.Name, flag) : Null(arg.Name, ArgKind.Flag);

    public static implicit operator Arg((string Name, DateTimeOffset Value) arg) =>
        new(arg.Name, ArgKind.Instant) { Number = arg.Value.UtcTicks };

    public static implicit operator Arg((string Name, DateTimeOffset? Value) arg) =>
        arg.Value is { } instant ? (arg.Name, instant) : Null(arg.Name, ArgKind.Instant);

    public static implicit operator Arg((string Name, byte[]? Value) arg) =>
        arg.Value is null ? Null(arg.Name, ArgKind.Bytes) : new Arg(arg.Name, ArgKind.Bytes) { Bytes = arg.Value };

    public static implicit operator Arg((string Name, JsonElement? Value) arg) => (arg.Name, arg.Value?.GetRawText());

    private static Arg Null(string name, ArgKind kind) => new(name, kind) { IsNull = true };
}

/// <summary>What a value is, whatever the database makes of it.</summary>
internal enum ArgKind
{
    Id,
    Text,
    Number,
    Flag,
    Instant,
    Bytes,
}
