using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("orders.created", "orders.created", true)]
    [InlineData("orders.created", "orders.Created", false)]
    [InlineData("orders.created", "orders", false)]
    [InlineData("orders", "orders.created", false)]
    [InlineData("orders.*", "orders.created", true)]
    [InlineData("orders.*", "orders", false)]
    [InlineData("orders.*", "orders.created.eu", false)]
    [InlineData("*.created", "orders.created", true)]
    [InlineData("orders.*.eu", "orders.created.eu", true)]
    [InlineData("orders.*.eu", "orders.created.us", false)]
    [InlineData("orders.#", "orders", true)]
    [InlineData("orders.#", "orders.created", true)]
    [InlineData("orders.#", "orders.created.eu", true)]
    [InlineData("orders.#", "order", false)]
    [InlineData("orders.#", "ordersx.created", false)]
    [InlineData("#", "anything.at.all", true)]
    [InlineData("*", "one", true)]
    [InlineData("*", "one.two", false)]
    [InlineData("*.#", "one", true)]
    [InlineData("a.b.c", "a.b", false)]
    public void A_pattern_matches_word_by_word(string pattern, string topic, bool matches) =>
        Assert.Equal(matches, TopicPattern.Parse(pattern).Matches(topic));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("orders.")]
    [InlineData(".orders")]
    [InlineData("orders..created")]
    [InlineData("orders.#.created")]
    [InlineData("orders.cre*")]
    [InlineData("orders created")]
    [InlineData("заказы")]
    [InlineData("orders.\0")]
    public void A_broken_pattern_is_refused_with_its_pointer(string pattern)
    {
        var problem = Assert.Throws<Problem>(() => TopicPattern.Parse(pattern));

        Assert.Equal("/schedule_expr", Assert.Single(problem.Errors).Pointer);
    }

    [Theory]
    [InlineData("orders.*")]
    [InlineData("orders.#")]
    [InlineData("")]
    [InlineData("a b")]
    public void A_pattern_or_a_broken_word_is_not_a_topic(string topic)
    {
        var problem = Assert.Throws<Problem>(() => TopicPattern.CheckTopic(topic));

        Assert.Equal("/topic", Assert.Single(problem.Errors).Pointer);
    }

    [Fact]
    public void A_topic_has_at_most_200_characters_and_16_words()
    {
        TopicPattern.CheckTopic(new string('a', TopicPattern.MaxLength));
        TopicPattern.CheckTopic(string.Join('.', Enumerable.Repeat("a", TopicPattern.MaxWords)));

        Assert.Throws<Problem>(() => TopicPattern.CheckTopic(new string('a', TopicPattern.MaxLength + 1)));
        Assert.Throws<Problem>(() =>
            TopicPattern.CheckTopic(string.Join('.', Enumerable.Repeat("a", TopicPattern.MaxWords + 1)))
        );
    }
}
