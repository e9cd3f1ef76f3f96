using System.Collections.Immutable;
using Tacit.Cli.Commands.Quantize;
using Tacit.Cli.Output;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Tests.Output;

public sealed class ClassificationSectionTests
{
    [Fact]
    public void Each_class_has_its_bar_and_its_interval()
    {
        var html = Page(new(["a", "<b>"], [3, 1, 0, 2]), [new("a", 4, 75, new Interval(50, 100)), new("<b>", 2, 100, null)], sources: 30);

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
        var html = Page(new(["a", "b"], [3, 1, 0, 2]), [new("a", 4, 75, null), new("b", 2, 100, null)], sources: 1);

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
    public void Of_many_classes_the_commonest_mistakes_are_listed()
    {
        var counts = new long[30 * 30];
        (counts[(4 * 30) + 7], counts[(9 * 30) + 1], counts[0]) = (5, 2, 9);
        var html = Page(new([.. Enumerable.Range(0, 30).Select(label => $"class{label}")], counts), [], sources: 30);

        Assert.Contains(
            "<tr><td>class4</td><td>class7</td><td class=\"n\">5</td><td class=\"n\">5</td></tr><tr><td>class9</td>",
            html,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("class=\"confusion\"", html, StringComparison.Ordinal);
    }

    private static string Page(ConfusionMatrix confusion, ImmutableArray<ClassAccuracy> classes, int sources)
    {
        var page = new HtmlPage("test");
        new ClassificationSection(confusion, classes, (int)confusion.Total, sources).AddTo(page);
        return page.ToString();
    }
}
