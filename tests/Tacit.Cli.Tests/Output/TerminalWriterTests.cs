using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;
using BarChart = Tacit.Cli.Output.BarChart;

namespace Tacit.Cli.Tests.Output;

public sealed class TerminalWriterTests
{
    [Fact]
    public void Facts_stand_in_two_columns() =>
        Assert.Equal(
            "size       1 KiB\nlong name  2\n",
            Text(new FactList().Add("size", "1 KiB", "1").Add("left out", null).Add("long name", "2"))
        );

    [Fact]
    public void Details_are_left_out() =>
        Assert.Equal("a warning\n", Text(new Note("a warning"), new Details("Settings", null, new FactList().Add("seed", "0"))));

    [Fact]
    public void Of_many_classes_those_with_the_lowest_accuracy_are_shown()
    {
        var text = Text(
            new ClassAccuracies([.. Enumerable.Range(0, 21).Select(label => new ClassAccuracy($"class{label:00}", 5, 100 - label, null))])
        );

        Assert.Contains("class20", text, StringComparison.Ordinal);
        Assert.DoesNotContain("class00", text, StringComparison.Ordinal);
        Assert.Contains("the 20 of 21 classes with the lowest accuracy", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_of_classes_are_shown_without_control_characters() =>
        Assert.DoesNotContain('\u001b', Text(new Confusions(new ConfusionMatrix(["\u001b[2J", "b"], [1, 0, 0, 1]), "images")));

    [Fact]
    public void Every_block_can_be_shown_in_the_console_and_on_a_page()
    {
        ReportBlock[] blocks =
        [
            new FactList(),
            new Note("note"),
            new ReportTable(
                ["a"],
                [
                    ["b"],
                ]
            ),
            new ClassAccuracies([]),
            new Confusions(new ConfusionMatrix(["a"], [1]), "images"),
            new Chart("chart", [new("loss", [new(1, 1)])]),
            new Details("heading", null),
            new BarChart("bars", []),
            new Pictures([], AreStrips: true),
        ];
        var all = typeof(ReportBlock).Assembly.GetTypes().Where(type => type.BaseType == typeof(ReportBlock));

        Assert.Equal(all.OrderBy(type => type.Name), blocks.Select(block => block.GetType()).OrderBy(type => type.Name));
        Text(blocks);
        HtmlWriter.ToHtml(new Report(new { }, [.. blocks]));
    }

    private static string Text(params ReportBlock[] blocks)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        TerminalWriter.Write(new Report(new { }, [.. blocks]), console);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
