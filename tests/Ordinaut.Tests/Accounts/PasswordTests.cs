using Ordinaut.Accounts;

namespace Ordinaut.Tests.Accounts;

public sealed class PasswordTests
{
    [Fact]
    public async Task A_password_is_kept_as_argon2id_and_matches_itself_alone()
    {
        using var passwords = new Passwords();
        var kept = await passwords.Hash("correct horse battery");

        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", kept, StringComparison.Ordinal);
        Assert.True(await passwords.Matches("correct horse battery", kept));
        Assert.False(await passwords.Matches("correct horse batterz", kept));
        Assert.False(await passwords.Matches("", kept));
        Assert.NotEqual(kept, await passwords.Hash("correct horse battery"));
    }

    [Fact]
    public async Task Nobodys_password_matches_nothing()
    {
        using var passwords = new Passwords();

        Assert.False(await passwords.Matches("correct horse battery", null));
    }
}
