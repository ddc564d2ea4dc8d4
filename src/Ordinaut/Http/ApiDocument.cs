using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ordinaut.Http;

/// <summary>
/// The OpenAPI document as text. Made once, when first asked for: it describes the program, which does not change while
/// it runs.
/// </summary>
internal sealed class ApiDocument([FromKeyedServices(OpenApi.DocumentName)] IOpenApiDocumentProvider provider)
{
    private readonly Lazy<Task<byte[]>> _json = new(() => Make(provider));

    public Task<byte[]> Json => _json.Value;

    private static async Task<byte[]> Make(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        var text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetBytes(text);
    }
}
