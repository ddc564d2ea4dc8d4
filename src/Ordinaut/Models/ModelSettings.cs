namespace Ordinaut.Models;

/// <summary>The endpoint that the operator chose. Nothing that a run says leads to another.</summary>
/// <param name="Url">The API's root, such as https://api.example/v1; the path of a question is put behind it.</param>
/// <param name="ApiKey">Goes into the Authorization header and nowhere else; empty for none.</param>
internal sealed record ModelSettings(Uri Url, string ApiKey)
{
    /// <summary>The models that may be asked; the first one answers when a step names none.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>How long one answer may take; a repair is another answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>What the models cost.</summary>
    public ModelPrices Prices { get; init; } = ModelPrices.Unknown;

    /// <summary>Where questions go.</summary>
    public Uri Completions => new(Url.AbsoluteUri.TrimEnd('/') + "/chat/completions");

    /// <summary>Without the key, wherever it is printed.</summary>
    public override string ToString() => Url.ToString();
}
