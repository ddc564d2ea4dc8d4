using Ordinaut.Sdk.Wire;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Store;

/// <summary>Limits on what an agent may have, where it asks several nodes at once.</summary>
public sealed class QuotaTests
{
    [Theory]
    [MemberData(nameof(ManyNodesTests.Engines), MemberType = typeof(ManyNodesTests))]
    public async Task Asked_at_once_nodes_let_in_no_more_tasks_than_the_limit(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var thousand = new BulkTasks([.. Enumerable.Repeat(Cron("0 8 * * *"), 1_000)]);

        var made = await nodes.AtOnce(
            12,
            async (node, _) =>
            {
                try
                {
                    await node.Tasks.Bulk(node.Ann, thousand);
                    return true;
                }
                catch (Problem problem) when (problem is { Kind: ProblemKind.TooMany, RetryAfter: not null })
                {
                    return false;
                }
            }
        );

        Assert.Equal(10, made.Count(isMade => isMade));
    }
}
