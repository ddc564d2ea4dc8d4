using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Models;
using Ordinaut.Tests.Tidy;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Mail;

/// <summary>The sample with real tools behind its names: an inbox, a model, one who approves, a mail server.</summary>
public sealed class FollowUpStory
{
    private const string Messages = """
        {"messages": [{"from": "bob@b.example", "subject": "Offer?", "text": "When can I have it?"}]}
        """;

    private const string Plan = """{"subject": "Re: Offer?", "text": "On Friday."}""";

    [Fact]
    public async Task A_follow_up_is_planned_approved_and_sent()
    {
        await using var inbox = new FakeServer(_ =>
            FakeServer.Answer(200, "Content-Type: application/json\r\n", Messages)
        );
        await using var model = new FakeServer(_ =>
            FakeServer.Answer(200, "", ModelHouse.Completion(Plan, 10, 5, "stop"))
        );
        await using var mail = new FakeMailServer();
        await using var app = await OrdinautApp.Start(configure: options =>
            options with
            {
                EgressAllow = $"127.0.0.1:{inbox.Port}",
                LlmUrl = model.Url + "v1/",
                LlmModels = "small-1",
                SmtpUrl = $"smtp://{mail.Host}",
                SmtpFrom = "Ann <ann@a.example>",
            }
        );
        var ann = await app.AsAgent("tasks:create", "tasks:read", "tasks:run", "runs:read", "tools:use");
        var judge = await app.AsAgent("approvals:decide", "runs:read");
        await OrdinautApp.Expect(
            await ann.Send("PUT", "/secrets/inbox", Json.Write(new SecretInput("inbox-token"))),
            200
        );
        var sample = Repository.Texts.Single(file => file.Path == "samples/email-follow-up.json").Text;
        var task = await ann.Post<TaskView>("/tasks", sample.Replace("http://127.0.0.1:9004/", inbox.Url), 201);

        var asked = await ann.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        await app.When(ann, asked.Id, run => run.GetProperty("state").GetString() == "waiting");
        Assert.Empty(mail.Messages);
        var approval = Assert.Single((await judge.Get<Page<ApprovalView>>("/approvals?state=pending")).Items);
        Assert.Equal(("Send this to bob@b.example?", "On Friday."), (approval.Title, approval.Message));
        await OrdinautApp.Expect(await judge.Send("POST", $"/approvals/{approval.Id}/approve"), 200);
        var run = await app.Finished(ann, asked.Id);

        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal("Bearer inbox-token", inbox.Only.Headers["Authorization"]);
        var sent = Assert.Single(mail.Messages);
        Assert.Contains("To: bob@b.example", sent);
        Assert.Contains("Subject: Re: Offer?", sent);
        Assert.Contains("On Friday.", sent);
        Assert.DoesNotContain("inbox-token", run.GetRawText() + sent + model.Only.Text);
    }
}
