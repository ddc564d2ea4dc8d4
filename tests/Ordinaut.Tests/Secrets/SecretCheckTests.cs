using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Secrets;

/// <summary>What a secret is refused for, by pointer.</summary>
public sealed class SecretCheckTests
{
    private const string Value = "correct horse battery";

    public static TheoryData<string, string, SecretInput> Edges =>
        new()
        {
            { "", new string('n', SecretCheck.MaxNameLength), new(Value) },
            { "/name", new string('n', SecretCheck.MaxNameLength + 1), new(Value) },
            { "/name", "1st", new(Value) },
            { "/name", "a b", new(Value) },
            { "", "a", new(new string('v', SecretCheck.MinLength)) },
            { "/value", "a", new(new string('v', SecretCheck.MinLength - 1)) },
            { "", "a", new(new string('v', SecretCheck.MaxLength)) },
            { "/value", "a", new(new string('v', SecretCheck.MaxLength + 1)) },
            { "/value", "a", new(null) },
            { "/value", "a", new("12345678\0") },
            { "", "a", new(Value, [.. Enumerable.Repeat("a.b", SecretCheck.MaxListed)]) },
            { "/tools", "a", new(Value, [.. Enumerable.Repeat("a.b", SecretCheck.MaxListed + 1)]) },
            { "/tools", "a", new(Value, ["*"]) },
            { "/tools", "a", new(Value, [null!]) },
            { "", "a", new(Value, null, [.. Enumerable.Repeat("a.example", SecretCheck.MaxListed)]) },
            { "/hosts", "a", new(Value, null, [.. Enumerable.Repeat("a.example", SecretCheck.MaxListed + 1)]) },
            { "/hosts", "a", new(Value, null, ["https://a.example"]) },
            { "/hosts", "a", new(Value, null, [null!]) },
            { "", "a", new(Value, Description: new string('d', SecretCheck.MaxDescription)) },
            { "/description", "a", new(Value, Description: new string('d', SecretCheck.MaxDescription + 1)) },
        };

    [Theory]
    [MemberData(nameof(Edges), DisableDiscoveryEnumeration = true)]
    public void Every_limit_has_an_edge(string pointer, string name, SecretInput input) =>
        Story.Play(async core =>
        {
            if (pointer.Length == 0)
            {
                Assert.Equal(name, (await core.Secrets.Put(core.Ann, name, input)).Name);
                return;
            }

            var refusal = await Refused(ProblemKind.Invalid, () => core.Secrets.Put(core.Ann, name, input));
            Assert.Equal(pointer, Assert.Single(refusal.Errors).Pointer);
            Assert.DoesNotContain("vvv", refusal.Message);
        });
}
