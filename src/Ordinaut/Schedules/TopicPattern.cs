namespace Ordinaut.Schedules;

/// <summary>
/// Which topics an event schedule listens to. A topic is words joined by dots (<c>orders.created</c>); in a pattern
/// <c>*</c> stands for exactly one word, and a last <c>#</c> for any number of words, also none. Letter case counts.
/// </summary>
internal sealed class TopicPattern
{
    public const int MaxLength = 200;

    public const int MaxWords = 16;

    private readonly string[] _words;

    private TopicPattern(string text, string[] words) => (Text, _words) = (text, words);

    public string Text { get; }

    public static TopicPattern Parse(string pattern, string pointer = Schedule.Pointer)
    {
        var words = Split(pattern, pointer);
        for (var i = 0; i < words.Length; i++)
        {
            var isWildcard = words[i] == "*" || (words[i] == "#" && i == words.Length - 1);
            if (!isWildcard && !IsWord(words[i]))
            {
                throw Problem.Invalid(
                    pointer,
                    $"{Quoted.Of(pattern)} is not a topic pattern: {Quoted.Of(words[i])} is neither a word (letters, "
                        + "digits, - and _) nor * for one word nor, at the end, # for any number of words."
                );
            }
        }

        return new TopicPattern(pattern, words);
    }

    /// <summary>Throws <see cref="Problem"/> unless the text is a topic that can be published to.</summary>
    public static void CheckTopic(string topic, string pointer = "/topic")
    {
        var wrong = Array.Find(Split(topic, pointer), word => !IsWord(word));
        if (wrong is not null)
        {
            throw Problem.Invalid(
                pointer,
                $"{Quoted.Of(topic)} is not a topic: {Quoted.Of(wrong)} is not a word of letters, digits, - and _."
            );
        }
    }

    public bool Matches(string topic)
    {
        var rest = topic.AsSpan();
        var isAtEnd = false;
        foreach (var word in _words)
        {
            if (word == "#")
            {
                return true;
            }

            if (isAtEnd)
            {
                return false;
            }

            var dot = rest.IndexOf('.');
            var next = dot < 0 ? rest : rest[..dot];
            if (word != "*" && !next.SequenceEqual(word))
            {
                return false;
            }

            isAtEnd = dot < 0;
            rest = isAtEnd ? [] : rest[(dot + 1)..];
        }

        return isAtEnd;
    }

    private static string[] Split(string text, string pointer)
    {
        if (text.Length is 0 or > MaxLength)
        {
            throw Problem.Invalid(pointer, $"A topic has 1 to {MaxLength} characters; this one has {text.Length}.");
        }

        var words = text.Split('.');
        return words.Length <= MaxWords
            ? words
            : throw Problem.Invalid(pointer, $"A topic has at most {MaxWords} words; this one has {words.Length}.");
    }

    private static bool IsWord(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
