namespace Ordinaut.JsonSchemas;

/// <summary>The names of schemas. They are URIs by form only: nothing is ever fetched.</summary>
internal static class SchemaUris
{
    /// <summary>The base of a schema without an absolute <c>$id</c>.</summary>
    public const string Unnamed = "schema:///unnamed";

    /// <summary>The reference resolved against the base (RFC 3986 section 5), without its fragment.</summary>
    public static string Resolve(string baseUri, string reference)
    {
        var (uri, _) = Split(reference);
        if (uri.Length == 0)
        {
            return baseUri;
        }

        return Uri.TryCreate(uri, UriKind.Absolute, out var absolute) && !uri.StartsWith('/') ? absolute.AbsoluteUri
            : Uri.TryCreate(new Uri(baseUri), uri, out var resolved) ? resolved.AbsoluteUri
            : throw new UriFormatException($"'{JsonText.Shorten(reference)}' is not a URI reference");
    }

    public static string Absolute(string uri) => Resolve(Unnamed, uri);

    /// <summary>The part before <c>#</c> and the part after it, percent-decoded; empty when there is none.</summary>
    public static (string Uri, string Fragment) Split(string reference)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        return hash < 0
            ? (reference, string.Empty)
            : (reference[..hash], Uri.UnescapeDataString(reference[(hash + 1)..]));
    }
}
