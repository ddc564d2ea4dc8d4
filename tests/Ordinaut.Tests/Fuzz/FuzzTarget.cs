using System.Text;
using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.JsonSchemas;
using Ordinaut.Schedules;
using Ordinaut.Secrets;
using Ordinaut.Tests.Schedules;
using Ordinaut.Tools.BuiltIn;
using Ordinaut.Webhooks;

namespace Ordinaut.Tests.Fuzz;

/// <summary>
/// A reader of texts that strangers write. It gives an answer or says by its own exception what is wrong; anything else
/// that comes out of it is a defect.
/// </summary>
/// <param name="Texts">Right ones, which are changed.</param>
/// <param name="Words">Of its language.</param>
/// <param name="Read">Reads one and uses it.</param>
internal sealed record FuzzTarget(
    string Name,
    IReadOnlyList<string> Texts,
    IReadOnlyList<string> Words,
    Action<string> Read
)
{
    private static readonly DateTimeOffset Now = new(2027, 3, 27, 22, 0, 0, TimeSpan.Zero);

    private static readonly JsonValue Data = JsonValue.Of(
        Json.Parse(
            """
            {"a": {"b": [1, 2.5, "x", null, true, {"c": "d"}]}, "n": 12, "text": "Chisinau", "list": [3, 1, 2],
             "now": "2027-03-28T00:30:00Z", "steps": {"s": {"body": {"id": 7}}}}
            """
        )
    );

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new(
            "jmespath",
            [
                "a.b[?c == 'd'].c | [0]",
                "sort_by(list, &@)[-1]",
                "join(', ', map(&to_string(@), list))",
                "a.b[1:4:2] || default(n, `1`)",
                "{x: a.b[0], y: length(text), z: now+1d}",
                "not_null(a.x, a.b[*].c) && n > `3`",
                "steps.s.body.id",
            ],
            ["&", "@", "[?", "]", "`1`", "||", "&&", "==", "contains(", "merge(", "now-2h", "*", "[]", "!"],
            text => JmesPath.Parse(text).Evaluate(Data, new Fuel())
        ),
        new(
            "template",
            [
                """{"a": "${a.b[0]}", "b": ["${text} at ${now}", "$${kept}"]}""",
                "\"${steps.s.body.id}\"",
                """{"n": {"m": "${default(a.x, 'none')} ${length(list)}"}}""",
            ],
            ["${", "}", "$${", "\"", "{\"a\":", "[", "]", "${@}", ","],
            text =>
            {
                if (Parsed(text) is { } tree)
                {
                    Template.Parse(tree).Render(Data, new Fuel());
                }
            }
        ),
        new(
            "condition",
            ["n > 3", "a.b[0] == `1` && text != 'x'", "length(list) >= `2` || !a.x", "contains(text, 'nau')"],
            ["==", "!=", "<=", "&&", "||", "!", "(", ")", "`", "'"],
            text => Condition.Parse(text).Evaluate(Data, new Fuel())
        ),
        Schedules("cron", ScheduleKind.Cron, Expressions("cron.json", "expression")),
        Schedules("rrule", ScheduleKind.Rrule, Expressions("rrule.json", "rrule")),
        new(
            "spoken",
            [
                "every weekday at 08:30",
                "every other Friday at 9",
                "the last working day of the month at 17:00",
                "tomorrow at 18:00",
                "in 20 minutes",
                "every 15 minutes between 9 and 17 on weekdays",
                "on the 1st and 15th at noon in Chisinau",
                "daily at 8 except in August",
            ],
            ["every", "other", "at", "9", "monday", "last", "day of the month", "in", "Chisinau", "and", "except", ":"],
            text =>
            {
                if (text.Length <= SpokenSchedule.MaxTextLength)
                {
                    Fire(SpokenSchedule.Parse(text, null, "Europe/Chisinau", Now).Schedule);
                }
            }
        ),
        new(
            "schema",
            [
                """{"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "minimum": 1}}}""",
                """{"anyOf": [{"pattern": "^a+b$"}, {"$ref": "#/$defs/n"}], "$defs": {"n": {"type": "null"}}}""",
                """{"type": "array", "uniqueItems": true, "items": {"enum": [1, "a"]}, "contains": {"const": 1}}""",
                """{"format": "date-time", "multipleOf": 0.1, "if": {"maximum": 3}, "unevaluatedItems": false}""",
            ],
            ["\"$ref\"", "\"#\"", "\"allOf\"", "{}", "[]", "\"type\"", "-1", "1e400", "\"not\"", "\"(a+)+$\"", ","],
            text =>
            {
                if (Parsed(text) is { } schema)
                {
                    JsonSchema.Compile(schema, assertFormats: true).Validate(Data.ToElement());
                }
            }
        ),
        new(
            "webhook",
            [$"msg_1\n{Now.ToUnixTimeSeconds()}\nv1,AAAA v1a,BBBB", $"a-b\n{Now.ToUnixTimeSeconds() - 300}\nv1,"],
            ["v1,", "v1a,", "\n", ".", " ", "=", "+", "-", "0", "e9"],
            text =>
            {
                var parts = text.Split('\n');
                var message = new HookMessage(
                    parts[0],
                    parts.ElementAtOrDefault(1),
                    parts.ElementAtOrDefault(2),
                    default
                );
                if (message.SentAt(Now) is { } at)
                {
                    var signer = WebhookSignature.TryParse(SigningValues.NewSecret())!;
                    Assert.False(signer.Verifies(message.Id!, at, message.Body.Span, message.Signatures!));
                }
            }
        ),
    ];

    /// <summary>What reading the text came to besides an answer or a refusal; null for nothing.</summary>
    public Exception? DefectIn(string text)
    {
        try
        {
            Read(text);
            return null;
        }
        catch (Exception failure) when (failure is Problem or ExpressionException or SchemaException)
        {
            return null;
        }
        catch (Exception defect)
        {
            return defect;
        }
    }

    private static FuzzTarget Schedules(string name, ScheduleKind kind, IReadOnlyList<string> texts) =>
        new(
            name,
            texts,
            [
                "*",
                "/",
                "-",
                ",",
                "L",
                "W",
                "#",
                "MON",
                "FREQ=",
                "BYDAY=",
                ";",
                "BYSETPOS=-1",
                "COUNT=3",
                "UNTIL=",
                "@daily",
            ],
            text => Fire(Schedule.Parse(new ScheduleSpec(kind, text, "Europe/Chisinau", Now)))
        );

    private static void Fire(Schedule schedule)
    {
        DateTimeOffset? at = Now;
        for (var i = 0; i < 3 && at is { } after; i++)
        {
            at = schedule.Next(after);
        }

        Assert.NotEmpty(schedule.Description);
    }

    private static List<string> Expressions(string file, string member) =>
        [.. Vectors.Cases(file).Values.Select(item => item.Text(member)).Where(text => text.Length is > 0 and < 200)];

    /// <summary>As the body of a request is read, so that only what comes so far is tried.</summary>
    private static JsonElement? Parsed(string text)
    {
        try
        {
            // What comes over the wire is bytes: half a surrogate has none.
            return Json.Parse(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
