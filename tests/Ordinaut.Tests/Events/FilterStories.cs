using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Events;

/// <summary>Which of the events of its topic a task wants.</summary>
public sealed class FilterStories
{
    [Theory]
    [InlineData("payload.amount > 100", true)]
    [InlineData("payload.amount > 1000", false)]
    [InlineData("payload.missing", false)]
    [InlineData("length(payload.amount) > 1", false)]
    [InlineData("topic == 'orders.paid'", true)]
    public void A_filter_lets_pass_what_it_is_true_for(string filter, bool passes) =>
        Story.Play(async core =>
        {
            await core.Tasks.Create(core.Ann, OnEvent("orders.*") with { EventFilter = filter });
            var paid = new PublishEvent("orders.paid", Json.Parse("""{"amount": 500}"""));

            await core.Events.Publish(core.Ann, paid);
            await core.Settle();

            Assert.Equal(passes ? 1 : 0, core.Work.Calls.Count);
        });

    [Fact]
    public void A_filter_that_fails_on_an_event_leaves_its_line() =>
        Story.Play(async core =>
        {
            var input = OnEvent("orders.*") with { EventFilter = "length(payload.items) > 2" };
            var task = await core.Tasks.Create(core.Ann, input);

            var published = await core.Events.Publish(
                core.Ann,
                new PublishEvent("orders.paid", Json.Parse("""{"items": 7}"""))
            );

            var line = Assert.Single(await core.Ledger(task.Id));
            Assert.Equal(("skipped", "filter", "event"), (line.Outcome, line.Reason, line.Trigger));
            Assert.Contains("length()", line.Detail, StringComparison.Ordinal);
            Assert.Empty(published.TriggeredTasks);
            var why = await core.History.Why(core.Ann, task.Id, line.ScheduledFor);
            Assert.Contains("event_filter could not be evaluated", why.Explanation, StringComparison.Ordinal);
        });

    [Fact]
    public void A_filter_that_is_no_expression_is_refused() =>
        Story.Play(async core =>
        {
            var refusal = await Refused(
                ProblemKind.Invalid,
                () => core.Tasks.Create(core.Ann, OnEvent("a") with { EventFilter = "a >" })
            );

            Assert.Equal("/event_filter", Assert.Single(refusal.Errors).Pointer);
        });
}
