namespace Ordinaut.Tools;

/// <summary>One outbound HTTP request: a single hop, nothing is followed or repeated.</summary>
/// <param name="Method">Any token of RFC 9110 §9.1 but CONNECT.</param>
/// <param name="Url">Absolute, as <see cref="EgressUrl.Parse"/> made it; checked again before it is used.</param>
internal sealed record EgressRequest(HttpMethod Method, Uri Url)
{
    /// <summary>Field names and values, already free of line breaks; <c>Content-Type</c> belongs here too.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body as it goes out; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>It carries a secret: a redirect to another origin is an answer, and no way to go on.</summary>
    public bool StaysAtOrigin { get; init; }

    /// <summary>The largest response body in bytes, counted after decompression; 256 KiB.</summary>
    public int MaxResponseBytes { get; init; } = Egress.DefaultMaxResponseBytes;

    /// <summary>
    /// Hears the body as it comes, decompressed, in place of its being kept: the answer's is empty then. Null when the
    /// whole is enough.
    /// </summary>
    public Action<ReadOnlyMemory<byte>>? Heard { get; init; }

    /// <summary>Patterns of the hosts it may go to, redirects too; null: wherever the guard lets it.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    public HttpRequestMessage Message()
    {
        var message = new HttpRequestMessage(Method, Url)
        {
            Content = Body is null ? null : new ByteArrayContent(Body),
        };
        foreach (var group in Headers.GroupBy(h => h.Key, StringComparer.OrdinalIgnoreCase))
        {
            // Content-* fields are refused by the first collection and belong to the body, if there is one.
            var values = group.Select(h => h.Value);
            _ =
                message.Headers.TryAddWithoutValidation(group.Key, values)
                || message.Content?.Headers.TryAddWithoutValidation(group.Key, values) == true;
        }

        return message;
    }
}

/// <summary>What came of a request: an answer of any status, or a failure before there was a whole answer.</summary>
internal abstract record EgressResult
{
    private EgressResult() { }

    /// <param name="Status">The status code; every one is an answer here, 500 too.</param>
    /// <param name="Headers">Field names in lower case with their values, in order of arrival.</param>
    /// <param name="Body">The whole body, decompressed.</param>
    internal sealed record Answered(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
        : EgressResult
    {
        /// <summary>The values of a field joined as RFC 9110 §5.2 says, or null if it was not sent.</summary>
        public string? Header(string lowerCaseName)
        {
            var values = Headers.Where(h => h.Key == lowerCaseName).Select(h => h.Value).ToArray();
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }

    internal sealed record Failed(ToolResult.Failed Reason) : EgressResult;
}
