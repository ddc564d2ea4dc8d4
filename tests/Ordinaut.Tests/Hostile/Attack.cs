using System.Globalization;
using System.Text;

namespace Ordinaut.Tests.Hostile;

/// <summary>
/// What a hostile agent sends while others work: floods of lists, tasks, runs and events, texts that cost, bodies that
/// are too large, forged messages, and another's ids.
/// </summary>
internal sealed class Attack(Party hostile, QuietThings things, string receiver, Judge judge)
{
    /// <summary>Requests that it has under way at once; it sends the next as soon as one is answered.</summary>
    public int AtOnce { get; init; } = 64;

    private static readonly byte[] Large = new byte[2 << 20];

    private static readonly string Deep = new string('[', 100_000);

    private static readonly string Long = string.Join(" + ", Enumerable.Repeat("length(@)", 2_000));

    private static readonly string Nested = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"{{\"a\": {i}}}"));

    /// <summary>Goes on until it is told to stop.</summary>
    public async Task Run(CancellationToken stop)
    {
        var hands = Enumerable.Range(0, AtOnce).Select(hand => Hand(hand, stop));
        var ears = hostile.Listen("/stream", line => judge.Hear("stream", line), stop);
        await Task.WhenAll(hands.Append(ears));
    }

    private async Task Hand(int hand, CancellationToken stop)
    {
        for (var i = hand; !stop.IsCancellationRequested; i += AtOnce)
        {
            try
            {
                await Send(i);
            }
            catch (HttpRequestException)
            {
                // A large body is refused while it is sent.
            }
        }
    }

    private async Task Send(int number)
    {
        var ids = things.Ids.Values.ToList();
        var id = ids[number % ids.Count];
        var reply = (number % 20) switch
        {
            0 => await hostile.Send("POST", "/tasks", Runaway(number)),
            1 => await hostile.Send("POST", "/tasks", Listener(number)),
            2 or 3 => await hostile.Send("POST", "/events", Crowd),
            4 => await hostile.Send("POST", "/tasks:bulk", Large),
            5 => await hostile.Send("POST", "/events", Large),
            6 => await hostile.Send("POST", "/expressions/evaluate", Evaluation),
            7 => await hostile.Send("POST", "/schedules/preview", Preview),
            8 => await hostile.Send("POST", "/pipelines/check", $$"""{"pipeline": {{Deep}}"""),
            9 => await hostile.Send("POST", "/tools/json.transform/try", Transform),
            10 => await hostile.Send("GET", "/tasks?limit=200&total=true&q=e"),
            11 => await hostile.Send("GET", "/runs?limit=200&total=true"),
            12 => await hostile.Send("GET", "/audit?limit=200"),
            13 => await hostile.Send("POST", $"/hooks/{things.Ids["hooks"]}", "{}", Forged(number)),
            14 => await hostile.Send("POST", $"/signals/{number:x32}", "{}"),
            15 => await hostile.Send("POST", "/webhooks", $$"""{"url": "{{receiver}}", "topics": ["#"]}"""),
            16 => await hostile.Send("POST", "/agents/auth/token", Guess),
            17 => await hostile.Send("GET", $"/tasks/{id}"),
            18 => await hostile.Send("POST", $"/runs/{id}/cancel", "{}"),
            _ => await hostile.Send("GET", $"/events/{id}"),
        };
        if (number % 20 is 13 or >= 16)
        {
            judge.MustRefuse($"attack {number % 20}", reply);
        }
        else
        {
            judge.See($"attack {number % 20}", reply);
        }
    }

    private string Guess =>
        $$"""{"agent_id": "{{things.Ids["agents"]}}", "agent_secret": "ord_{{new string('A', 47)}}"}""";

    private static string Crowd => """{"topic": "crowd.gathers", "payload": {"n": 1}}""";

    private static string Evaluation => $$"""{"expression": "{{Long}}", "data": [{{Nested}}]}""";

    private static string Transform =>
        $$$"""{"input": {"data": [{{{Nested}}}], "expression": "[].[a, a, a] | [] | sort(@) | [::-1]"}}""";

    private static string Preview =>
        """
            {"schedule_kind": "rrule", "count": 50, "schedule_expr":
             "DTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY;INTERVAL=999983;BYHOUR=23;BYMINUTE=59;BYSECOND=59"}
            """;

    /// <summary>Fires each second, first in its line, in another's lane, and works as long as it may.</summary>
    private static string Runaway(int number) =>
        $$$"""
            {"title": "runaway {{{number}}}", "schedule_kind": "rrule", "priority": 1,
             "schedule_expr": "DTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY", "overlap_policy": "queue",
             "concurrency_key": "shared", "concurrency_limit": 1000,
             "payload": {"params": {"data": [{{{Nested}}}]}, "pipeline": [
               {"id": "a", "uses": "json.transform",
                "with": {"data": "${params.data}", "expression": "[].a | sort(@)"}},
               {"id": "b", "uses": "debug.sleep", "with": {"seconds": 5}}]}}
            """;

    private static string Listener(int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {"title": "listener {{{number}}}", "schedule_kind": "event", "schedule_expr": "crowd.#",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"value": 1}}]}}
            """
        );

    private static (string, string)[] Forged(int number) =>
        [
            ("webhook-id", number.ToString(CultureInfo.InvariantCulture)),
            ("webhook-timestamp", DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ("webhook-signature", "v1," + Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('a', 32)))),
        ];
}
