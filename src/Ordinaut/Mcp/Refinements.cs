using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Schedules;
using Ordinaut.Tasks;

namespace Ordinaut.Mcp;

/// <summary>
/// What a model should see of an argument beyond its type: the words it may be, and the inside of a pipeline. None of
/// it is enforced here; the operation looks at the values itself and explains what is wrong with them.
/// </summary>
internal static class Refinements
{
    private const string Params = """
        {"type":"object","description":"Values that templates read as ${params.name}."}
        """;

    private const string Steps = """
        {"type":"array","minItems":1,"description":"The steps, carried out in order.","items":{
          "type":"object","required":["id"],
          "properties":{
            "id":{"type":"string","description":"A letter, then letters, digits, '_' or '-'. Later steps read the
             result as ${steps.id.member}."},
            "uses":{"type":"string","description":"The tool, such as http.request. See list_tools and get_tool."},
            "with":{"type":"object","description":"The tool's input. Text may hold templates: ${params.city},
             ${steps.weather.body.sky}, ${now}, ${now+24h}, ${event.payload.id}. A text that is one template keeps the
             value's JSON type. $${ is a plain ${."},
            "if":{"type":"string","description":"JMESPath; the step is skipped when it is false, null or empty:
             steps.weather.body.rain_percent > 50"},
            "save_as":{"type":"string","description":"The result's name under steps, in place of the id."},
            "timeout_seconds":{"type":"integer","minimum":1},
            "max_retries":{"type":"integer","minimum":0,"maximum":10},
            "retry":{"type":"object","properties":{"max":{"type":"integer"},
             "backoff":{"enum":["exponential_jitter","linear","fixed"]}}},
            "on_error":{"description":"fail (default) ends the run; continue goes on without a result; an array of
             steps is done first, and reads ${steps.<id>.error.code}."},
            "needs":{"type":"array","items":{"type":"string"},"description":"Ids of the steps to be done first, in
             place of the one before; [] begins at once."},
            "foreach":{"description":"An expression that gives an array, or {items, concurrency, on_error}: uses, or
             steps, are done for each ${item}; the result is the array of results."},
            "steps":{"type":"array","items":{"type":"object"},"description":"With foreach: a block of steps."},
            "parallel":{"description":"Branches done at once, each an array of steps; named ones as an object."},
            "wait":{"description":"\"10m\", {\"until\": …}, or {\"signal\": \"${steps.s.token}\"} with the token of
             signal.create. For a person's consent use approval.request."},
            "when_changed":{"type":"string","description":"JMESPath; the rest of the run is skipped while its value is
             that of the last successful run."},
            "effect":{"enum":["idempotent","keyed","unsafe"],"description":"unsafe: never repeated after a crash."},
            "output_schema":{"type":"object","description":"JSON Schema that the result must meet."}
          }}}
        """;

    private const string Payload = $$$"""
        {"type":"object","required":["pipeline"],"description":"What happens, as params and a pipeline of tool calls:
         {\"params\":{\"city\":\"Chisinau\"},\"pipeline\":[{\"id\":\"greet\",\"uses\":\"text.template\",
         \"with\":{\"text\":\"Good morning, ${params.city}\"}}]}",
         "properties":{"params":{{{Params}}},"pipeline":{{{Steps}}}}}
        """;

    private const string AnyObject = """{"type":"object"}""";

    private static readonly Dictionary<(string Component, string Property), JsonObject> All = new()
    {
        [("TaskInput", "schedule_kind")] = Words(Word<ScheduleKind>.All),
        [("TaskInput", "payload")] = Schema(Payload),
        [("TaskInput", "metadata")] = Schema(AnyObject),
        [("TaskInput", "backoff_strategy")] = Words(["exponential_jitter", "linear", "fixed"]),
        [("TaskInput", "misfire_policy")] = Words(Word<MisfirePolicy>.All),
        [("TaskInput", "overlap_policy")] = Words(Word<OverlapPolicy>.All),
        [("PreviewSchedule", "schedule_kind")] = Words(Word<ScheduleKind>.All),
        [("CheckPipeline", "payload")] = Schema(Payload),
        [("CheckPipeline", "params")] = Schema(Params),
        [("CheckPipeline", "pipeline")] = Schema(Steps),
        [("RunNow", "params")] = Schema(AnyObject),
        [("Rerun", "params")] = Schema(AnyObject),
        [("TryTool", "input")] = Schema(AnyObject),
        [("Backfill", "mode")] = Words(["gaps", "all"]),
        [("BulkTasks", "action")] = Words(["pause", "resume", "cancel", "delete"]),
        [("Redrive", "state")] = Words(["failed", "quarantined"]),
        [("AgentInput", "status")] = Words(["active", "disabled"]),
        [("AgentInput", "role")] = Words(AgentRole.All.Select(role => role.Name)),
        [("AgentInput", "scopes")] = new JsonObject { ["items"] = Words(Scopes.Names) },
    };

    /// <param name="nullable">For a merge patch, where null is one of the values and nothing is required.</param>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Of(string component, string property, bool nullable)
    {
        var found = All.GetValueOrDefault((component, property), []);
        return nullable ? found.Where(keyword => keyword.Key is not ("enum" or "type" or "required")) : found;
    }

    private static JsonObject Words(IEnumerable<string> words) =>
        new() { ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    /// <summary>Reads a schema that is broken into lines, which JSON would not let its texts be.</summary>
    public static JsonObject Schema(string text) =>
        (JsonObject)JsonNode.Parse(string.Join(' ', text.Split('\n').Select(line => line.Trim())))!;
}
