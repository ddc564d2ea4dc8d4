using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static ModelContextProtocol.Protocol.ElicitRequestParams;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>What the suite calls to be asked something, in one round or several, with a sealed state or none.</summary>
internal static class SuiteQuestions
{
    private const string Name = "user_name";
    private const string Confirm = "confirm";

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    public static IEnumerable<McpServerTool> Tools() =>
        [
            SuiteTools.Tool("test_input_required_result_elicitation", AskName),
            SuiteTools.Tool("test_input_required_result_sampling", AskModel),
            SuiteTools.Tool("test_input_required_result_list_roots", AskRoots),
            SuiteTools.Tool("test_input_required_result_request_state", AskWithState),
            SuiteTools.Tool("test_input_required_result_tampered_state", AskWithState),
            SuiteTools.Tool("test_input_required_result_multiple_inputs", AskAll),
            SuiteTools.Tool("test_input_required_result_multi_round", AskTwice),
            SuiteTools.Tool("test_input_required_result_capabilities", AskWhatIsPossible),
        ];

    public static IEnumerable<McpServerPrompt> Prompts() =>
        [SuiteTools.Prompt("test_input_required_result_prompt", AskContext)];

    /// <summary>The name that a person gave; asks for it while there is none.</summary>
    public static string NameIn(RequestContext<CallToolRequestParams> request) =>
        Given(request.Params, Name, "name") ?? throw Ask([(Name, Form("What is your name?", "name"))]);

    private static string AskName(RequestContext<CallToolRequestParams> request) => $"Hello, {NameIn(request)}!";

    private static string AskContext(RequestContext<GetPromptRequestParams> request) =>
        Given(request.Params, "user_context", "context")
        ?? throw Ask([("user_context", Form("What context should the prompt use?", "context"))]);

    private static string AskModel(RequestContext<CallToolRequestParams> request) =>
        Has(request.Params, "capital_question")
            ? "done"
            : throw Ask([("capital_question", Sampling("What is the capital of France?"))]);

    private static string AskRoots(RequestContext<CallToolRequestParams> request) =>
        Has(request.Params, "client_roots") ? "done" : throw Ask([("client_roots", Roots())]);

    private static string AskWithState(RequestContext<CallToolRequestParams> request) =>
        Open(request.Params) == Confirm && Has(request.Params, Confirm)
            ? "state-ok"
            : throw Ask([(Confirm, Form("Please confirm", "ok"))], Seal(Confirm));

    private static string AskAll(RequestContext<CallToolRequestParams> request) =>
        Open(request.Params) is not null && Has(request.Params, Name)
            ? "done"
            : throw Ask(
                [
                    (Name, Form("What is your name?", "name")),
                    ("greeting", Sampling("Generate a greeting")),
                    ("client_roots", Roots()),
                ],
                Seal("all")
            );

    private static string AskTwice(RequestContext<CallToolRequestParams> request)
    {
        var state = Open(request.Params);
        if (state == "2" && Has(request.Params, "step2"))
        {
            return "done";
        }

        throw state == "1" && Has(request.Params, "step1")
            ? Ask([("step2", Form("Step 2: What is your favorite color?", "color"))], Seal("2"))
            : Ask([("step1", Form("Step 1: What is your name?", "name"))], Seal("1"));
    }

    private static string AskWhatIsPossible(RequestContext<CallToolRequestParams> request)
    {
        var can = request.JsonRpcRequest.Context?.ClientCapabilities;
        var questions = new List<(string, InputRequest)>();
        if (can?.Elicitation is not null)
        {
            questions.Add((Name, Form("What is your name?", "name")));
        }

        if (can?.Sampling is not null)
        {
            questions.Add(("greeting", Sampling("Generate a greeting")));
        }

        throw Ask([.. questions]);
    }

    private static InputRequiredException Ask((string Name, InputRequest Request)[] questions, string? state = null) =>
        new(questions.ToDictionary(question => question.Name, question => question.Request), state);

    private static InputRequest Form(string message, string member) =>
        InputRequest.ForElicitation(
            new ElicitRequestParams
            {
                Message = message,
                RequestedSchema = new RequestSchema
                {
                    Properties = { [member] = member == "ok" ? new BooleanSchema() : new StringSchema() },
                    Required = [member],
                },
            }
        );

    private static InputRequest Sampling(string text) =>
        InputRequest.ForSampling(
            new CreateMessageRequestParams
            {
                Messages = [new() { Role = Role.User, Content = [new TextContentBlock { Text = text }] }],
                MaxTokens = 100,
            }
        );

    private static InputRequest Roots() => InputRequest.ForRootsList(new ListRootsRequestParams());

    private static bool Has(RequestParams request, string question) =>
        request.InputResponses?.ContainsKey(question) == true;

    private static string? Given(RequestParams request, string question, string member)
    {
        try
        {
            return
                request.InputResponses?.TryGetValue(question, out var response) == true
                && response.Deserialize(InputResponse.ElicitResultJsonTypeInfo)?.Content is { } content
                && content.TryGetValue(member, out var value)
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Seal(string state) =>
        $"{state}.{Convert.ToHexString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(state)))}";

    /// <summary>What was sealed; null without a state.</summary>
    private static string? Open(RequestParams request)
    {
        var state = request.RequestState?.Split('.')[0];
        return state is null || Seal(state) == request.RequestState
            ? state
            : throw new McpProtocolException("The state is not the one that was given.", McpErrorCode.InvalidParams);
    }
}
