namespace Ordinaut.Tests.Http;

/// <summary>HEAD is GET without the body.</summary>
public sealed class HeadStories
{
    [Theory]
    [InlineData("/health", 200)]
    [InlineData("/tasks", 200)]
    [InlineData("/tasks/", 200)]
    [InlineData("/openapi.json", 200)]
    [InlineData("/docs", 200)]
    [InlineData("/stream", 200)]
    [InlineData("/tasks?limit=0", 400)]
    [InlineData("/tasks/x", 404)]
    [InlineData("/nothing", 404)]
    [InlineData("/agents/auth/token", 405)]
    public async Task The_head_is_that_of_get_and_there_is_no_body(string path, int status)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var answer = await admin.Send("HEAD", path);

        Assert.Empty(await OrdinautApp.Expect(answer, status));
        Assert.NotNull(answer.Content.Headers.ContentType);
        if (status >= 400)
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType.MediaType);
        }
    }

    [Fact]
    public async Task A_method_that_is_not_allowed_is_told_all_that_are()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var answer = await admin.Send("DELETE", "/tasks");

        var text = await OrdinautApp.Expect(answer, 405);
        Assert.Equal(["GET", "POST", "HEAD"], answer.Content.Headers.Allow);
        Assert.Contains("allowed: GET, POST, HEAD", text, StringComparison.Ordinal);
    }
}
