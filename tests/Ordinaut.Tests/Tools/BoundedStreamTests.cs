using System.Text;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class BoundedStreamTests
{
    [Theory]
    [InlineData("12345", false, true)]
    [InlineData("123456", false, false)]
    [InlineData("12345\n12345\n", true, true)]
    [InlineData("12345\n123456", true, false)]
    [InlineData("123\n45", false, false)]
    public async Task Five_bytes_in_all_or_in_each_line_may_be_read(string text, bool byLine, bool fits)
    {
        foreach (var buffer in new[] { 1, 4 })
        {
            using var bounded = new BoundedStream(new MemoryStream(Encoding.ASCII.GetBytes(text)), 5, byLine);
            var failure = await Record.ExceptionAsync(async () =>
            {
                while (await bounded.ReadAsync(new byte[buffer]) > 0) { }
            });
            Assert.Equal(fits, failure is null);

            using var again = new BoundedStream(new MemoryStream(Encoding.ASCII.GetBytes(text)), 5, byLine);
            failure = Record.Exception(() =>
            {
                while (again.Read(new byte[buffer], 0, buffer) > 0) { }
            });
            Assert.Equal(fits, failure is null);
        }
    }
}
