using Ordinaut.Store;
using Ordinaut.Tests.Runs;

namespace Ordinaut.Tests.Store;

/// <summary>
/// Lets a story play on a database that answers from outside its thread: the story knows what is still under way,
/// so "nothing is left to do" stays a fact.
/// </summary>
internal sealed class WatchedEngine(Engine inner) : Engine
{
    public override bool IsShared => inner.IsShared;

    public override Task<T> Write<T>(Func<Session, ValueTask<T>> work, Lane lane) =>
        Story.Outside(() => inner.Write(work, lane));

    public override Task<T> Read<T>(Func<Session, ValueTask<T>> work, Guid? owner = null) =>
        Story.Outside(() => inner.Read(work, owner));

    public override DateTimeOffset Now() => inner.Now();

    public override void Dispose() => inner.Dispose();
}
