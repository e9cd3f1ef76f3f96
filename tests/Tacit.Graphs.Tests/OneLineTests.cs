namespace Tacit.Graphs.Tests;

public sealed class OneLineTests
{
    [Fact]
    public void WhiteSpaceBecomesSpacesAndOtherControlCharactersQuestionMarks() =>
        Assert.Equal("two lines, a tab: ?[31m é", OneLine.Of("two\nlines,\ta\rtab: \u001b[31m é"));

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abcd", "abc…")]
    public void LongTextIsCutOff(string text, string line) => Assert.Equal(line, OneLine.Of(text, 3));
}
