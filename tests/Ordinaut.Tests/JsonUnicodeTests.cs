using System.Text;

namespace Ordinaut.Tests;

/// <summary>Text in JSON that is no text.</summary>
public sealed class JsonUnicodeTests
{
    [Theory]
    [InlineData("\"\"", null)]
    [InlineData("\"\\ud83d\\ude00\"", null)]
    [InlineData("\"😀\"", null)]
    [InlineData("\"\\u0000\"", null)]
    [InlineData("\"\\\\ud800\"", null)]
    [InlineData("[\"\\\\\", \"\\u00e4\", 1]", null)]
    [InlineData("\"\\ud800\"", 0L)]
    [InlineData("\"\\uD800\"", 0L)]
    [InlineData("\"\\udC00\"", 0L)]
    [InlineData("[1, \"\\uDBFFx\"]", 4L)]
    [InlineData("{\"a\": {\"\\uDFFF\": 1}}", 7L)]
    [InlineData("\"\\ude00\\ud83d\"", 0L)]
    [InlineData("{\"a\": \"\\ud83d\\ude00\", \"b\": \"\\ud83d\"}", 27L)]
    [InlineData("[\"\\ud800\"", 1L)]
    [InlineData("\\ud800", null)]
    public void Half_a_pair_is_found(string json, long? at) =>
        Assert.Equal(at, JsonUnicode.FirstFault(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData(new byte[] { 0x22, 0xff, 0x22 }, 1L)]
    [InlineData(new byte[] { 0x22, 0xc3, 0xa4, 0x22 }, null)]
    [InlineData(new byte[] { 0x22, 0xc3, 0x22 }, 1L)]
    [InlineData(new byte[] { 0x22, 0xc0, 0x80, 0x22 }, 1L)]
    [InlineData(new byte[] { 0x22, 0x61, 0xed, 0xa0, 0x80, 0x22 }, 2L)]
    public void A_byte_that_is_not_utf8_is_found(byte[] json, long? at) =>
        Assert.Equal(at, JsonUnicode.FirstFault(json));
}
