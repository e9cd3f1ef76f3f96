namespace Tacit.Graphs.Tests;

public sealed class OneLineTests
{
    [Fact]
    public void White_space_becomes_spaces_and_other_control_characters_question_marks() =>
        Assert.Equal("two lines, a tab: ?[31m é", OneLine.Of("two\nlines,\ta\rtab: \u001b[31m é"));

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abcd", "abc…")]
    public void Long_text_is_cut_off(string text, string line) => Assert.Equal(line, OneLine.Of(text, 3));
}
