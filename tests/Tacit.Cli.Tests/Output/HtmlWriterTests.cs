using System.Collections.Immutable;
using Tacit.Cli.Output;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Tests.Output;

public sealed class HtmlWriterTests
{
    [Fact]
    public void Each_class_has_its_bar_and_its_interval()
    {
        var html = Classes(
            new(["a", "<b>"], [3, 1, 0, 2]),
            [new("a", 4, 75, new Interval(50, 100)), new("<b>", 2, 100, null)],
            sources: 30
        );

        Assert.Contains(
            "<span>a</span><i><b style=\"width:75%\"></b><u style=\"left:50%;width:50%\"></u></i><em>75.00 %, 50.0 to 100.0, 4 videos</em>",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "<span>&lt;b&gt;</span><i><b style=\"width:100%\"></b></i><em>100.00 %, –, 2 videos</em>",
            html,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("The test is small", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_matrix_is_shaded_by_shares_of_the_true_class()
    {
        var html = Classes(new(["a", "b"], [3, 1, 0, 2]), [new("a", 4, 75, null), new("b", 2, 100, null)], sources: 1);

        Assert.Contains(
            "<tr><th>a</th><td style=\"--share:75%\"><b>3</b></td><td style=\"--share:25%\">1</td></tr>",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "<tr><th>b</th><td style=\"--share:0%\">0</td><td style=\"--share:100%\"><b>2</b></td></tr>",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains("The test is small: 6 videos of 1 source.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_classes_the_most_frequent_confusions_are_listed()
    {
        var counts = new long[30 * 30];
        (counts[(4 * 30) + 7], counts[(9 * 30) + 1], counts[0]) = (5, 2, 9);
        var html = Classes(new([.. Enumerable.Range(0, 30).Select(label => $"class{label}")], counts), [], sources: 30);

        Assert.Contains(
            "<tr><td>class4</td><td>class7</td><td class=\"n\">5</td><td class=\"n\">5</td></tr><tr><td>class9</td>",
            html,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("class=\"confusion\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_of_25_classes_is_shown_as_a_whole() =>
        Assert.Contains(
            "class=\"confusion\"",
            Classes(new([.. Enumerable.Range(0, 25).Select(label => $"class{label}")], new long[25 * 25]), [], sources: 30),
            StringComparison.Ordinal
        );

    [Fact]
    public void Facts_with_a_figure_come_first_in_large_type()
    {
        var html = HtmlWriter.ToHtml(new Report(new { }, new FactList().Add("size", "2 KiB -> 1 KiB", "1 KiB").Add("seed", "0")));

        Assert.Contains(
            "<div class=\"cards\"><div><b>1 KiB</b><span>size</span></div></div>\n<dl><dt>size</dt><dd>2 KiB -&gt; 1 KiB</dd><dt>seed</dt><dd>0</dd></dl>",
            html,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void All_text_is_encoded()
    {
        const string Text = "<&>";
        ReportBlock[] texts =
        [
            new FactList().Add(Text, Text, Text),
            new Note(Text),
            new ReportTable(
                [Text],
                [
                    [Text],
                ]
            )
            {
                Caption = Text,
            },
            new BarChart(Text, [new(Text, 1, Text)]),
            new Pictures([new([], Text)], AreStrips: false),
            new Chart(Text, [new(Text, [new(1, 1)])]),
        ];

        var html = HtmlWriter.ToHtml(new Report(new { }, new Details(Text, Text, [.. texts])) { Title = Text });

        Assert.DoesNotContain(Text, html, StringComparison.Ordinal);
        Assert.Contains("&lt;&amp;&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_numbers_are_aligned_to_the_right() =>
        Assert.Contains(
            "<th>class</th><th class=\"n\">videos</th></tr></thead><tbody><tr><td>1</td><td class=\"n\">2</td></tr>",
            HtmlWriter.ToHtml(
                new Report(
                    new { },
                    new ReportTable(
                        ["class", .. Column.Numbers("videos")],
                        [
                            ["1", "2"],
                        ]
                    )
                )
            ),
            StringComparison.Ordinal
        );

    private static string Classes(ConfusionMatrix confusion, ImmutableArray<ClassAccuracy> classes, int sources) =>
        HtmlWriter.ToHtml(new Report(new { }, [.. ClassificationReport.Blocks(confusion, classes, (int)confusion.Total, sources)]));
}
