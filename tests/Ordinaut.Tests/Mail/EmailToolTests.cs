using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Ordinaut.Mail;
using Ordinaut.Tests.Tools;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Mail;

/// <summary><c>email.send</c> against a mail server in this process.</summary>
public sealed class EmailToolTests
{
    private const string Simple = """{"to": "bob@b.example", "subject": "Hello", "text": "Hi Bob"}""";

    [Fact]
    public async Task A_message_arrives_whole()
    {
        await using var server = new FakeMailServer();
        var input = """
            {"to": ["Bob <bob@b.example>", "eve@e.example"], "cc": "carl@c.example", "bcc": ["dan@d.example"],
             "reply_to": "ann@a.example", "subject": "Grüße", "text": "Hi", "html": "<p>Hi</p>",
             "headers": {"X-Campaign": "7", "References": "<1@a>"}}
            """;

        var output = await Tool(server).Run(input).Output();

        var mail = Assert.Single(server.Messages);
        var read = MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(mail)));
        Assert.Equal("\"Ordinaut\" <clock@o.example>", read.From.ToString());
        Assert.Equal("\"Bob\" <bob@b.example>, eve@e.example", read.To.ToString());
        Assert.Equal("carl@c.example", read.Cc.ToString());
        Assert.Equal("ann@a.example", read.ReplyTo.ToString());
        Assert.Equal(("Grüße", "Hi", "<p>Hi</p>"), (read.Subject, read.TextBody?.Trim(), read.HtmlBody?.Trim()));
        Assert.Equal(("7", "auto-generated"), (read.Headers["X-Campaign"], read.Headers["Auto-Submitted"]));
        Assert.DoesNotContain("dan@", mail);
        Assert.Equal(read.MessageId, output.GetProperty("message_id").GetString());
        string[] all = ["bob@b.example", "eve@e.example", "carl@c.example", "dan@d.example"];
        Assert.Equal(all, output.GetProperty("accepted").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(all.Select(to => $"RCPT TO:<{to}>"), server.Commands.Where(c => c.StartsWith("RCPT")));
    }

    [Fact]
    public async Task A_repetition_has_the_same_id_and_another_step_has_not()
    {
        await using var server = new FakeMailServer();
        var tool = Tool(server);

        var first = await tool.Run(Simple).Output();
        var again = await tool.Run(Simple).Output();
        var other = (
            await tool.Run(ToolCalls.With(Simple) with { IdempotencyKey = "2" }, TimeProvider.System)
        ).Output();

        Assert.EndsWith("@o.example", Id(first), StringComparison.Ordinal);
        Assert.Equal(Id(first), Id(again));
        Assert.NotEqual(Id(first), Id(other));
    }

    [Theory]
    [InlineData("RCPT", "550 no such user", "recipient_refused", false, "bob@b.example with 550: no such user")]
    [InlineData("RCPT", "451 greylisted", "recipient_refused", true, "451")]
    [InlineData("MAIL", "550 who are you", "sender_refused", false, "550")]
    [InlineData("MAIL", "421 busy", "sender_refused", true, "421")]
    [InlineData("DATA", "554 no", "smtp_error", false, "554")]
    [InlineData(".", "552 too large", "message_refused", false, "552")]
    [InlineData(".", "452 full", "message_refused", true, "452")]
    [InlineData("", "554 go away", "smtp_error", false, "554")]
    [InlineData(".", "", "smtp_broken", true, "broke off")]
    [InlineData("EHLO", "", "smtp_broken", true, "broke off")]
    [InlineData("RCPT", "what?", "smtp_broken", true, "broke off")]
    public async Task What_the_server_refuses_is_told_and_tried_again_if_that_may_help(
        string at,
        string answer,
        string code,
        bool retryable,
        string why
    )
    {
        await using var server = new FakeMailServer(line =>
            at.Length == 0 && line.Length == 0 || at.Length > 0 && line.StartsWith(at, StringComparison.Ordinal)
                ? answer
                : null
        );

        var failure = await Tool(server).Run(Simple).Failure();

        Assert.Equal((code, retryable), (failure.Code, failure.Retryable));
        Assert.Contains(why, failure.Message);
    }

    [Fact]
    public async Task Where_one_recipient_is_refused_nobody_gets_the_message()
    {
        await using var server = new FakeMailServer(line => line.Contains("eve") ? "550 no" : null);
        var input = """{"to": ["bob@b.example", "eve@e.example"], "subject": "s", "text": "t"}""";

        var failure = await Tool(server).Run(input).Failure();

        Assert.Contains("eve@e.example", failure.Message);
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task The_account_is_used_and_its_failure_names_no_password()
    {
        await using var server = new FakeMailServer(line =>
            line.StartsWith("AUTH", StringComparison.Ordinal)
            && !line.EndsWith(Plain("ann", "right"), StringComparison.Ordinal)
                ? "535 no"
                : null
        );
        var password = "right";
        var tool = Tool(server, settings => settings with { User = "ann", Password = () => password });

        Assert.Single((await tool.Run(Simple).Output()).GetProperty("accepted").EnumerateArray());
        password = "wrong-one";
        var failure = await tool.Run(Simple).Failure();

        Assert.Equal(("smtp_auth", false), (failure.Code, failure.Retryable));
        Assert.DoesNotContain("wrong", failure.Message);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_waited_for_so_long()
    {
        await using var server = new FakeMailServer { IsSilent = true };
        var clock = new FakeTimeProvider();
        var tool = Tool(server);
        var call = tool.Run(ToolCalls.With(Simple), clock);
        await server.Met.WaitAsync(OrdinautApp.Patience);

        clock.Advance(tool.Description.Timeout);

        var failure = (await call).Failure();
        Assert.Equal(("timeout", true), (failure.Code, failure.Retryable));
    }

    [Theory]
    [InlineData("smtps", true, "tls_failed")]
    [InlineData("starttls", false, "smtp_unsupported")]
    public async Task Without_a_trusted_certificate_nothing_is_said(string scheme, bool isTls, string code)
    {
        await using var server = new FakeMailServer { IsTls = isTls };
        var url = new Uri($"{scheme}://{server.Host}");

        var failure = await Tool(server, settings => settings with { Url = url, User = "ann" }).Run(Simple).Failure();

        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("""{"to": "bob", "subject": "s", "text": "t"}""", "/to")]
    [InlineData("""{"to": "bob@b.example, eve@e.example", "subject": "s", "text": "t"}""", "/to")]
    [InlineData("""{"to": "bob@b.example\r\nBcc: eve@e.example", "subject": "s", "text": "t"}""", "/to")]
    [InlineData("""{"to": ["bob@b.example"], "subject": "s\r\nBcc: eve@e.example", "text": "t"}""", "/subject")]
    [InlineData("""{"to": "bob@b.example", "subject": "s", "text": "t", "reply_to": "a@b\nX: y"}""", "/reply_to")]
    [InlineData(
        """{"to": "bob@b.example", "subject": "s", "text": "t", "headers": {"X-A": "a\r\nBcc: e@e"}}""",
        "/headers"
    )]
    [InlineData(
        """{"to": "bob@b.example", "subject": "s", "text": "t", "headers": {"X-A\r\nBcc": "e@e"}}""",
        "/headers"
    )]
    [InlineData(
        """{"to": "bob@b.example", "subject": "s", "text": "t", "headers": {"Bcc": "e@e.example"}}""",
        "/headers"
    )]
    [InlineData(
        """{"to": "bob@b.example", "subject": "s", "text": "t", "headers": {"From": "e@e.example"}}""",
        "/headers"
    )]
    [InlineData("""{"to": [], "subject": "s", "text": "t"}""", "/to")]
    [InlineData("""{"to": "bob@b.example", "subject": "s"}""", "")]
    public async Task What_would_be_another_message_is_refused(string input, string pointer)
    {
        await using var server = new FakeMailServer();

        var failure = await Tool(server).Run(input).Failure();

        Assert.Equal("input_invalid", failure.Code);
        Assert.Contains(pointer, failure.Message);
        Assert.Empty(server.Commands);
    }

    public static TheoryData<string, int> Limits =>
        new()
        {
            { "recipients", MailLimits.Recipients },
            { "address", MailLimits.Address },
            { "subject", MailLimits.Subject },
            { "text", MailLimits.Body },
            { "html", MailLimits.Body },
            { "headers", MailLimits.Headers },
            { "header", MailLimits.Header },
        };

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task Every_limit_has_an_edge(string what, int limit)
    {
        await using var server = new FakeMailServer();
        var tool = Tool(server);

        await tool.Run(Sized(what, limit)).Output();
        var failure = await tool.Run(Sized(what, limit + 1)).Failure();

        Assert.Equal("input_invalid", failure.Code);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Without_a_server_it_says_what_is_missing()
    {
        var failure = await new EmailTool(null, TimeProvider.System).Run(Simple).Failure();

        Assert.Equal("not_configured", failure.Code);
        Assert.Contains("smtp_url", failure.Message);
    }

    private static string Sized(string what, int size)
    {
        var x = new string('x', size);
        var some = what switch
        {
            "recipients" => Enumerable.Range(0, size).Select(i => $"b{i}@b.example"),
            "address" => ["bob@b.example", $"{new string('x', size - 14)} <b@b.example>"],
            _ => ["bob@b.example"],
        };
        var to = string.Join(", ", some.Select(address => $"\"{address}\""));
        var fields = what switch
        {
            "headers" => string.Join(", ", Enumerable.Range(0, size).Select(i => $"\"X-{i}\": \"\"")),
            "header" => $"\"X-A\": \"{x}\"",
            _ => "",
        };
        var html = what == "html" ? x : "";
        return $$$"""
            {"to": [{{{to}}}], "subject": "{{{(what == "subject" ? x : "s")}}}",
             "text": "{{{(what == "text" ? x : "t")}}}", "html": "{{{html}}}", "headers": { {{{fields}}} }}
            """;
    }

    private static string? Id(JsonElement output) => output.GetProperty("message_id").GetString();

    private static string Plain(string user, string password) =>
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{user}\0{password}"));

    private static EmailTool Tool(FakeMailServer server, Func<MailSettings, MailSettings>? change = null)
    {
        var settings = new MailSettings(
            new Uri($"smtp://{server.Host}"),
            new MailboxAddress("Ordinaut", "clock@o.example")
        );
        var link = new MailLink(
            change is null ? settings : change(settings),
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );
        return new EmailTool(link, TimeProvider.System);
    }
}
