using System.Text;
using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>
/// An answer that comes in pieces: server-sent events, read as they arrive. Tells how long it is, a few times a second.
/// </summary>
internal sealed class ModelStream(Action<long> tell, TimeProvider clock)
{
    private const byte LineFeed = (byte)'\n';
    private const string End = "[DONE]";

    private readonly Pace _pace = new(clock);
    private readonly List<byte> _whole = [];
    private readonly List<byte> _line = [];
    private readonly StringBuilder _text = new();
    private string? _finishReason;
    private TokenCount? _tokens;
    private bool _isRefused;
    private bool _isBroken;
    private bool _isWhole;

    /// <summary>Whether anything came that is an event; an endpoint may answer in one piece all the same.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What came, if none of it was an event: a whole answer, or a refusal. Empty if too long.</summary>
    public byte[] Whole => _whole.Count > ModelClient.MaxAnswerBytes ? [] : [.. _whole];

    public void Hear(ReadOnlyMemory<byte> bytes)
    {
        if (!HasBegun && _whole.Count <= ModelClient.MaxAnswerBytes)
        {
            _whole.AddRange(bytes.Span);
        }

        foreach (var one in bytes.Span)
        {
            if (one != LineFeed)
            {
                _line.Add(one);
                continue;
            }

            Read([.. _line]);
            _line.Clear();
        }
    }

    /// <summary>What it was, when it has ended.</summary>
    public ModelAnswer Answer()
    {
        Read([.. _line]);
        return _isRefused && _text.Length == 0 ? ModelAnswer.Refused(_tokens)
            : _isBroken || !_isWhole ? ModelAnswer.Broken(_tokens)
            : new ModelAnswer.Said(_text.ToString(), _finishReason, _tokens);
    }

    private void Read(byte[] line)
    {
        if (!line.AsSpan().StartsWith("data:"u8))
        {
            // A comment, or the empty line that ends an event.
            return;
        }

        HasBegun = true;
        var data = line.AsMemory("data:".Length);
        if (Encoding.UTF8.GetString(data.Span).Trim() == End)
        {
            _isWhole = true;
            return;
        }

        if (JsonUnicode.FirstFault(data.Span) is not null)
        {
            _isBroken = true;
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(data);
            Take(document.RootElement);
        }
        catch (JsonException)
        {
            _isBroken = true;
        }
    }

    private void Take(JsonElement piece)
    {
        if (piece.ValueKind != JsonValueKind.Object || piece.TryGetProperty("error", out _))
        {
            _isBroken = true;
            return;
        }

        // The last piece alone tells it, in most dialects beside no choice.
        _tokens = TokenCount.Of(piece) ?? _tokens;
        if (ModelAnswer.ChoiceOf(piece) is not { } choice)
        {
            return;
        }

        if (ModelAnswer.TextOf(choice, "finish_reason") is { } reason)
        {
            (_finishReason, _isWhole) = (reason, true);
        }

        if (choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object)
        {
            _text.Append(ModelAnswer.TextOf(delta, "content"));
            _isRefused |= ModelAnswer.TextOf(delta, "refusal") is not null;
            if (_pace.IsTime())
            {
                tell(_text.Length);
            }
        }
    }
}
