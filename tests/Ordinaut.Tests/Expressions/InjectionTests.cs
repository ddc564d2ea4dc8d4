using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

/// <summary>
/// What a tool or an event gives is data: it may look like a template, but nobody ever reads it as one.
/// </summary>
public sealed class InjectionTests
{
    private const string Secret = "hunter2";

    public static TheoryData<string> Payloads =>
        [
            "${secrets.key}",
            "${ secrets.key }",
            "$${secrets.key}",
            "$$${secrets.key}",
            "$$$${secrets.key}",
            "x${secrets.key}y",
            "${secrets.key}${secrets.key}",
            "${'${secrets.key}'}",
            "${\"secrets\".key}",
            "${secrets.*}",
            "${values(secrets)}",
            "${values(secrets)[0]}",
            "${@}",
            "${to_string(@)}",
            "${@.secrets.key}",
            "${secrets | key}",
            "${secrets.key || 'x'}",
            "${default(secrets.key, '')}",
            "${join('', [secrets.key])}",
            "${{secrets.key}}",
            "${[secrets.key]}",
            "${{a: secrets.key}}",
            "}${secrets.key}",
            "'}${secrets.key}",
            "`}${secrets.key}",
            "\"}${secrets.key}",
            "\\${secrets.key}",
            "\\u0024{secrets.key}",
            "$\u200b{secrets.key}",
            "${secrets.key",
            "$",
            "{secrets.key}",
            "$\n{secrets.key}",
            "\0${secrets.key}\0",
            "{{secrets.key}}",
            "{% secrets.key %}",
            "<%= secrets.key %>",
            "#{secrets.key}",
            "%{secrets.key}",
            "$(secrets.key)",
            "${now+24h}",
            "${steps.tool.output}",
        ];

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_value_that_looks_like_a_template_stays_data(string payload)
    {
        // Through three hops: each renders the one before into its own output.
        var carried = JsonValue.Of(payload);
        foreach (var (template, wrap) in new[] { ("${steps.tool.output}", ""), ("a ${steps.tool.output}", "a ") })
        {
            for (var hop = 0; hop < 3; hop++)
            {
                var before = carried.Text();
                carried = Render(template, carried);

                Assert.Equal(wrap + before, carried.Text());
                Assert.DoesNotContain(Secret, carried.ToString());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Neither_does_a_structure_with_it_nor_a_name(string payload)
    {
        var value = JsonValue.Object((payload, JsonValue.Array(JsonValue.Of(payload))));

        var whole = Render("${steps.tool.output}", value);
        var text = Render("<${steps.tool.output}>", value);
        var joined = Render("${join('$', ['', '{secrets.key}'])}${steps.tool.output}", JsonValue.Of(payload));

        Assert.True(whole.Equals(value));
        Assert.Equal($"<{value}>", text.Text());
        Assert.Equal("${secrets.key}" + payload, joined.Text());
        Assert.DoesNotContain(Secret, whole.ToString() + text + joined);
    }

    [Fact]
    public void The_secret_can_be_read_by_the_author_of_the_template() =>
        Assert.Equal(Secret, Render("${secrets.key}", JsonValue.Null).Text());

    private static JsonValue Render(string template, JsonValue output)
    {
        var scope = JsonValue.Object(
            ("secrets", JsonValue.Object(("key", JsonValue.Of(Secret)))),
            ("now", JsonValue.Of("2027-01-01T08:30:00Z")),
            ("steps", JsonValue.Object(("tool", JsonValue.Object(("output", output)))))
        );
        return Template.Parse(JsonValue.Of(template).ToElement()).Render(scope, new Fuel());
    }
}
