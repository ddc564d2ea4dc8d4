using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ordinaut.Http;

/// <summary>A request's body, read whole into a rented buffer; the web server enforces the endpoint's limit.</summary>
internal sealed class RequestBody : IDisposable
{
    public static readonly RequestBody None = new([], 0, rented: false);

    private const int FirstBytes = 4_096;

    private readonly byte[] _buffer;
    private readonly int _length;
    private readonly bool _rented;

    private RequestBody(byte[] buffer, int length, bool rented)
    {
        _buffer = buffer;
        _length = length;
        _rented = rented;
    }

    public bool IsEmpty => _length == 0;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    public byte[] Hash() => SHA256.HashData(Bytes.Span);

    /// <summary>The buffer grows with what has arrived, not with what the client says will come.</summary>
    public static async ValueTask<RequestBody> Read(HttpRequest request, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), ct);
                if (read == 0)
                {
                    return new RequestBody(buffer, length, rented: true);
                }

                length += read;
                buffer = length < buffer.Length ? buffer : Grow(buffer);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public T Parse<T>()
        where T : class
    {
        var info = Json.Info<T>();
        BodyFaults.RequireText(Bytes.Span);
        try
        {
            return JsonSerializer.Deserialize(Bytes.Span, info) ?? throw BodyFaults.Explain("null"u8, info);
        }
        catch (JsonException)
        {
            throw BodyFaults.Explain(Bytes.Span, info);
        }
    }

    public void Dispose()
    {
        if (_rented)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
