using Ordinaut.Accounts;

namespace Ordinaut.Tests.Accounts;

public sealed class CommonPasswordsTests
{
    [Theory]
    [InlineData("password", 1)]
    [InlineData("PassWord", 1)]
    [InlineData("p4$$w0rd", 1)]
    [InlineData("passwordpassword", 2)]
    [InlineData("passwordpasswordpasswordpassword", 2)]
    [InlineData("password1234567", 2)]
    [InlineData("aaaaaaaaaaaaaaa", 1)]
    [InlineData("               ", 1)]
    [InlineData("123456789012345", 1)]
    [InlineData("987654321987654321", 2)]
    [InlineData("abcdefghijklmno", 1)]
    [InlineData("qwertyuiopasdfg", 2)]
    [InlineData("qwertzuiopasdfg", 2)]
    [InlineData("!@#$%^&*()_+!@#", 2)]
    [InlineData("1q2w3e4r5t6y7u8i", 1)]
    [InlineData("1qaz2wsx3edc4rfv", 4)]
    [InlineData("qazwsxedcrfvtgb", 5)]
    [InlineData("111111222222333", 1)]
    [InlineData("thisisapassword", 4)]
    [InlineData("jesuschristislord", 4)]
    [InlineData("manchesterunited", 2)]
    [InlineData("iloveyouforever", 4)]
    [InlineData("Welcome2024Welcome2024", 3)]
    [InlineData("zv1999km", 5)]
    [InlineData("zv1899km", 6)]
    [InlineData("xk7!xk7!xk7!xk7!", 5)]
    [InlineData("kvzmwpthxbgrfqn", 15)]
    [InlineData("", 0)]
    public void A_password_is_cut_into_as_few_pieces_as_can_be(string password, int pieces) =>
        Assert.Equal(pieces, CommonPasswords.Pieces(password));

    [Theory]
    [InlineData("dragonkt9monkey", 5, true)]
    [InlineData("dragonkt9vmonkey", 6, false)]
    public void Fewer_than_six_pieces_will_not_do(string password, int pieces, bool isCommon) =>
        Assert.Equal((pieces, isCommon), (CommonPasswords.Pieces(password), CommonPasswords.IsOne(password)));

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("umbrella seventeen violets")]
    [InlineData("two dogs sit by the river")]
    [InlineData("Der Hund frisst mein Heft.")]
    public void Words_that_have_nothing_to_do_with_each_other_will(string password) =>
        Assert.False(CommonPasswords.IsOne(password));

    /// <summary>Among ten digits rows and repetitions come about by themselves.</summary>
    [Theory]
    [InlineData("abcdefghijklmnopqrstuvwxyz", 0)]
    [InlineData("0123456789", 10)]
    public void Of_a_thousand_that_were_drawn_by_chance_hardly_one_is_refused(string letters, int most)
    {
        var random = new Random(1);

        var drawn = Enumerable.Range(0, 1_000).Select(_ => random.GetItems<char>(letters, Passwords.MinLength));

        Assert.InRange(drawn.Count(password => CommonPasswords.IsOne(new string(password))), 0, most);
    }
}
