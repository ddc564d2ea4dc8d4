namespace Ordinaut.Tests.Conformance;

/// <summary>
/// Courses that once came to what no order of their acts explains: shortened, and played until it would show.
/// </summary>
public sealed class FoundByConformanceTests
{
    private const int Times = 15;

    /// <summary>
    /// A run was retried or rerun while its task was being deleted, and lived on without anybody to end it (seed 32).
    /// </summary>
    [Theory]
    [InlineData(Verb.Rerun)]
    [InlineData(Verb.Retry)]
    internal async Task A_run_asked_for_again_while_its_task_goes_ends_with_it_or_is_refused(Verb again)
    {
        using var cluster = await Cluster.Open("postgres");
        var course = new Course([
            [new Op(Verb.Create, 0, 0)],
            [new Op(Verb.RunNow, 0, 0)],
            [new Op(Verb.RunNow, 0, 0)],
            [new Op(Verb.CancelRun, 0, 0)],
            [new Op(again, 0, 0), new Op(Verb.Delete, 0, 0)],
        ]);
        for (var i = 0; i < Times; i++)
        {
            Assert.Null(await cluster.Play(course));
        }
    }

    /// <summary>
    /// A task was canceled while its lost runs were taken back, and one of them stayed in the queue (seed 355).
    /// </summary>
    [Fact]
    public async Task A_task_that_is_canceled_while_its_runs_are_taken_back_keeps_none()
    {
        using var cluster = await Cluster.Open("postgres");
        const int QueueThree = 7 + 324;
        var course = new Course([
            [new Op(Verb.Create, 1, QueueThree)],
            [new Op(Verb.RunNow, 0, 0)],
            [new Op(Verb.RunNow, 0, 0)],
            [new Op(Verb.RunNow, 0, 0)],
            [new Op(Verb.Claim, 2, 0)],
            [new Op(Verb.Advance, 3, 0)],
            [new Op(Verb.CancelTask, 0, 0), new Op(Verb.Reap, 0, 0)],
        ]);
        for (var i = 0; i < Times; i++)
        {
            Assert.Null(await cluster.Play(course));
        }
    }

    /// <summary>One task that went meanwhile refused a redrive of everything (seed 205).</summary>
    [Fact]
    public async Task A_redrive_leaves_out_the_runs_of_a_task_that_goes_meanwhile()
    {
        using var cluster = await Cluster.Open("postgres");
        var course = new Course([
            [new Op(Verb.Create, 0, 0)],
            [new Op(Verb.RunNow, 0, 0)],
            [new Op(Verb.CancelRun, 0, 0)],
            [new Op(Verb.RunNow, 0, 0)],
            [new Op(Verb.Claim, 3, 0)],
            [new Op(Verb.Report, 1, 3)],
            [new Op(Verb.Redrive, 0, 0), new Op(Verb.Delete, 0, 0)],
        ]);
        for (var i = 0; i < Times; i++)
        {
            Assert.Null(await cluster.Play(course));
        }
    }
}
