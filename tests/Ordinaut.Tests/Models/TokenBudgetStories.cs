using Ordinaut.Models;
using Ordinaut.Store;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;

namespace Ordinaut.Tests.Models;

/// <summary>What agents may spend on language models in a day.</summary>
public sealed class TokenBudgetStories
{
    [Fact]
    public void The_last_token_may_be_taken_and_not_one_more() =>
        Story.Play(async core =>
        {
            var budget = new TokenBudget(core.Db, new TokenLimits(1_000));

            Assert.NotNull((await budget.Reserve(new TokenSpender(core.Ann.AgentId), 999)).Reserve);
            Assert.Equal("budget", (await budget.Reserve(new TokenSpender(core.Ann.AgentId), 2)).Failure!.Code);
            Assert.NotNull((await budget.Reserve(new TokenSpender(core.Ann.AgentId), 1)).Reserve);
            Assert.Equal("budget", (await budget.Reserve(new TokenSpender(core.Ann.AgentId), 1)).Failure!.Code);
            Assert.NotNull((await budget.Reserve(new TokenSpender(core.Bob.AgentId), 1_000)).Reserve);
            Assert.Equal("budget", (await budget.Reserve(new TokenSpender(core.Admin.AgentId), 1_001)).Failure!.Code);
        });

    [Fact]
    public void What_was_not_spent_is_given_back() =>
        Story.Play(async core =>
        {
            var budget = new TokenBudget(core.Db, new TokenLimits(1_000));
            var (reserve, _) = await budget.Reserve(new TokenSpender(core.Ann.AgentId), 1_000);

            await budget.Settle(reserve!, 10);

            Assert.Equal(10, await budget.Today(core.Ann.AgentId));
            Assert.NotNull((await budget.Reserve(new TokenSpender(core.Ann.AgentId), 990)).Reserve);
        });

    [Fact]
    public void Every_day_begins_with_all_of_it_and_a_late_bill_goes_to_its_own_day() =>
        Story.Play(async core =>
        {
            var budget = new TokenBudget(core.Db, new TokenLimits(1_000));
            var (reserve, _) = await budget.Reserve(new TokenSpender(core.Ann.AgentId), 1_000);

            await core.Advance(TimeSpan.FromDays(1));
            await budget.Settle(reserve!, 5_000);

            Assert.Equal(0, await budget.Today(core.Ann.AgentId));
            Assert.NotNull((await budget.Reserve(new TokenSpender(core.Ann.AgentId), 1_000)).Reserve);
        });

    [Fact]
    public void Past_days_are_forgotten_and_yesterday_is_not() =>
        Story.Play(async core =>
        {
            var budget = new TokenBudget(core.Db, new TokenLimits(1_000));
            await budget.Reserve(new TokenSpender(core.Ann.AgentId), 1);
            await core.Advance(TimeSpan.FromDays(1));
            Assert.Equal(0, await core.Db.Write(session => DailyUse.Prune(session, 500)));

            await core.Advance(TimeSpan.FromDays(1));
            Assert.Equal(1, await core.Db.Write(session => DailyUse.Prune(session, 500)));
        });

    [Fact]
    public void A_task_and_a_run_have_budgets_of_their_own_and_a_refusal_takes_nothing() =>
        Story.Play(async core =>
        {
            var budget = new TokenBudget(core.Db, new TokenLimits(1_000) { TaskDay = 500, Run = 300 });
            var (task, run, later) = (core.Ids.Next(), core.Ids.Next(), core.Ids.Next());
            var one = new TokenSpender(core.Ann.AgentId, task, run);

            Assert.NotNull((await budget.Reserve(one, 300)).Reserve);
            Assert.Contains("llm_run_tokens", (await budget.Reserve(one, 1)).Failure!.Message);
            Assert.NotNull((await budget.Reserve(one with { RunId = later }, 200)).Reserve);
            Assert.Contains("llm_task_tokens", (await budget.Reserve(one with { RunId = later }, 1)).Failure!.Message);
            Assert.Equal(500, await budget.Today(core.Ann.AgentId));
            Assert.NotNull((await budget.Reserve(new TokenSpender(core.Ann.AgentId), 500)).Reserve);
        });

    [Fact]
    public void A_run_that_goes_on_for_days_keeps_what_it_spent() =>
        Story.Play(async core =>
        {
            var budget = new TokenBudget(core.Db, new TokenLimits(1_000) { Run = 300 });
            var task = await core.Tasks.Create(core.Ann, TaskWriting.Idle("""{"id": "rest", "wait": "10d"}"""));
            var run = await core.RunAtOnce(task.Id);
            var spender = new TokenSpender(core.Ann.AgentId, task.Id, run.Id);
            await budget.Reserve(spender, 300);

            await core.Advance(TimeSpan.FromDays(5));
            await core.Db.Write(session => DailyUse.Prune(session, 500));

            Assert.Contains("llm_run_tokens", (await budget.Reserve(spender, 1)).Failure!.Message);
        });

    [Fact]
    public void Many_who_spend_at_once_spend_no_more_than_there_is() =>
        Story.Play(async core =>
        {
            var budget = new TokenBudget(core.Db, new TokenLimits(1_000));

            var all = await Task.WhenAll(
                Enumerable.Range(0, 32).Select(_ => budget.Reserve(new TokenSpender(core.Ann.AgentId), 100))
            );

            Assert.Equal(10, all.Count(one => one.Reserve is not null));
            Assert.Equal(1_000, await budget.Today(core.Ann.AgentId));
        });
}
