using ModelContextProtocol.Protocol;
using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Tasks;

namespace Ordinaut.Mcp;

/// <summary>Ids that fit what was typed so far, newest first.</summary>
internal sealed class CompletionDesk(TaskOperations tasks, RunOperations runs)
{
    /// <summary>Of so many of the newest things, those that fit are shown; the protocol allows a hundred.</summary>
    public const int MaxValues = 100;

    public async Task<CompleteResult> Complete(Caller caller, CompleteRequestParams request)
    {
        var ids = request.Ref switch
        {
            ResourceTemplateReference { Uri: ResourceDesk.TaskTemplate } => await Tasks(caller),
            ResourceTemplateReference { Uri: ResourceDesk.RunTemplate } => await Runs(caller),
            PromptReference when request.Argument.Name == PromptDesk.RunId => await Runs(caller),
            _ => [],
        };
        var fitting = ids.Select(id => id.ToString()).Where(id => id.StartsWith(request.Argument.Value)).ToList();
        return new CompleteResult
        {
            Completion = new Completion { Values = fitting, Total = fitting.Count },
        };
    }

    private async Task<IEnumerable<Guid>> Tasks(Caller caller) =>
        caller.Scopes.Cover(Scope.TasksRead)
            ? (await tasks.List(caller, new TaskFilter(Limit: MaxValues))).Items.Select(task => task.Id)
            : [];

    private async Task<IEnumerable<Guid>> Runs(Caller caller) =>
        caller.Scopes.Cover(Scope.RunsRead)
            ? (await runs.List(caller, new RunFilter(Limit: MaxValues))).Items.Select(run => run.Id)
            : [];
}
