#pragma warning disable RS0030 // Passes requests on to the one client, which is checked in Egress.cs.

namespace Ordinaut.Tools;

/// <summary>The way out for a library that brings its own requests: the same guard, and every answer bounded.</summary>
internal sealed class EgressHandler(HttpMessageInvoker http, int maxResponseBytes) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (EgressUrl.Check(request.RequestUri!) is { } failure)
        {
            throw new HttpRequestException(failure.Message);
        }

        Egress.Finish(request);
        var response = await http.SendAsync(request, ct);
        var stream = await response.Content.ReadAsStreamAsync(ct);
        var bounded = new StreamContent(new BoundedStream(stream, maxResponseBytes));
        foreach (var field in response.Content.Headers.NonValidated)
        {
            bounded.Headers.TryAddWithoutValidation(field.Key, field.Value);
        }

        // Its length was of the compressed bytes.
        bounded.Headers.ContentLength = null;
        response.Content = bounded;
        return response;
    }
}
