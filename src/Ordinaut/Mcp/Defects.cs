using ModelContextProtocol;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>
/// What the log is told of failed calls: who was turned away; and what nobody expected, under the request's id, which
/// is all a client hears of it.
/// </summary>
internal sealed partial class Defects(RefusalLog refusals, ILogger<Defects> log)
{
    /// <param name="about">The tool, or the method of what is none.</param>
    public void Note(Problem problem, Caller caller, string about) =>
        refusals.Note(problem, new Knock("MCP", about, caller.AgentId, caller.Address, caller.RequestId!));

    public ProblemView Note(Exception defect, string about, string requestId)
    {
        Log.Defect(log, defect, about, requestId);
        return ProblemViews.OfDefect(requestId);
    }

    /// <summary>Does what is not a tool's call: there a problem is an error of the protocol.</summary>
    /// <param name="missing">The code for what is not there.</param>
    /// <param name="uri">The resource that is asked for, if it is about one.</param>
    public async ValueTask<T> Guard<T>(
        Caller caller,
        string about,
        McpErrorCode missing,
        Func<Task<T>> work,
        string? uri = null
    )
    {
        try
        {
            return await work();
        }
        catch (Problem problem)
        {
            Note(problem, caller, about);
            var code = problem.Kind == ProblemKind.NotFound ? missing : McpErrorCode.InvalidParams;
            var refusal = new McpProtocolException(problem.Message, code);
            if (uri is not null)
            {
                refusal.Data["uri"] = uri;
            }

            throw refusal;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            var view = Note(defect, about, caller.RequestId!);
            throw new McpProtocolException($"{view.Detail} ({view.RequestId})", McpErrorCode.InternalError);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "mcp.defect {About} {RequestId}")]
        public static partial void Defect(ILogger log, Exception defect, string about, string requestId);
    }
}
