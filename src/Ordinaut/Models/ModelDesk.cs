using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>Asks within the budget: what a question may cost is taken before it and set right after it.</summary>
internal sealed class ModelDesk(ModelSettings settings, ModelClient client, TokenBudget budget)
{
    public ModelSettings Settings => settings;

    /// <param name="call">Who asks, and who hears how far the answer is.</param>
    /// <param name="key">The same over all attempts of this question.</param>
    public async Task<ModelAnswer> Ask(Chat chat, ToolCall call, string key, CancellationToken ct)
    {
        var body = (chat with { InPieces = call.Tell is not null }).ToBody();
        var spender = new TokenSpender(call.OwnerId, call.TaskId, call.RunId);
        // No tokenizer makes more tokens than there are bytes, and so the guess needs to know none of them.
        var (reserve, refusal) = await budget.Reserve(spender, body.Length + chat.MaxTokens);
        if (reserve is null)
        {
            return new ModelAnswer.Failed(refusal!, new TokenCount(0, 0));
        }

        var answer = await client.Ask(body, key, Told(call), ct);
        var tokens = answer is ModelAnswer.Said said ? said.Tokens : ((ModelAnswer.Failed)answer).Tokens;
        if (tokens is { } counted)
        {
            await budget.Settle(reserve, counted.Total);
            Tell(chat.Model, counted);
        }

        return answer;
    }

    private void Tell(string model, TokenCount tokens)
    {
        Meters.ModelAnswered(model, tokens.Input, tokens.Output);
        if (settings.Prices.CostOf(model, tokens) is { } cost)
        {
            Meters.ModelCost(model, settings.Prices.Currency, cost);
        }
    }

    private static Action<long>? Told(ToolCall call) =>
        call.Tell is { } tell ? characters => tell(new ToolProgress { Characters = characters }) : null;
}
