using System.Collections.Immutable;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Output;

/// <summary>The result of a command, independent of how it is shown.</summary>
/// <remarks>
/// A command creates one report. <see cref="TerminalWriter"/> shows it in the console, <see cref="JsonWriter"/> writes its data
/// for <c>--json</c> and <c>result.json</c>, and <see cref="HtmlWriter"/> writes it as a page.
/// </remarks>
/// <param name="Data">The object that <c>--json</c> writes. Its properties become the fields, in snake case.</param>
/// <param name="Blocks">What people read, from top to bottom.</param>
/// <example><code>
/// var report = new Report(
///     new { top1 = 88.04 },
///     new FactList().Add("top-1", "88.04 %  (95 % interval 87.1 to 88.9)", figure: "88.04 %"),
///     new Confusions(matrix, "images")
/// ) { Title = "test-5k" };
/// TerminalWriter.Write(report, console);
/// </code></example>
internal sealed record Report(object Data, params ImmutableArray<ReportBlock> Blocks)
{
    /// <summary>The title of the page. Commands without a page leave it empty, the default.</summary>
    public string Title { get; init; } = "";

    /// <summary>Returns the report with another fact at the end of its first list of facts.</summary>
    /// <param name="fact">The fact.</param>
    /// <exception cref="InvalidOperationException">The report has no list of facts.</exception>
    public Report With(Fact fact)
    {
        var list = Blocks.OfType<FactList>().First();
        return this with { Blocks = Blocks.Replace(list, list.Add([fact])) };
    }
}

/// <summary>A part of a report.</summary>
internal abstract record ReportBlock;

/// <summary>A name and a value.</summary>
/// <param name="Name">The name, such as "agreement".</param>
/// <param name="Value">The value as people read it, which may be a sentence.</param>
/// <param name="Figure">The value in short, which a page shows in large type, such as "98.44 %"; null if it does not.</param>
internal sealed record Fact(string Name, string Value, string? Figure = null);

/// <summary>Facts, one to a line.</summary>
/// <param name="Facts">The facts.</param>
internal sealed record FactList(params ImmutableArray<Fact> Facts) : ReportBlock
{
    /// <summary>Returns this list with another fact at its end.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value; null to leave the list as it is.</param>
    /// <param name="figure">The value in short, for a page.</param>
    public FactList Add(string name, string? value, string? figure = null) =>
        value is null ? this : new FactList(Facts.Add(new Fact(name, value, figure)));

    /// <summary>Returns this list with other facts at its end.</summary>
    /// <param name="facts">The facts.</param>
    public FactList Add(IEnumerable<Fact> facts) => new([.. Facts, .. facts]);
}

/// <summary>A sentence that people must read, such as a warning.</summary>
/// <param name="Text">The sentence.</param>
internal sealed record Note(string Text) : ReportBlock;

/// <summary>A column of a table.</summary>
/// <param name="Name">The heading.</param>
/// <param name="IsNumber">Whether the column holds numbers, which are aligned to the right.</param>
internal readonly record struct Column(string Name, bool IsNumber = false)
{
    /// <summary>A column of text.</summary>
    public static implicit operator Column(string name) => new(name);

    /// <summary>Creates columns of numbers.</summary>
    /// <param name="names">The headings.</param>
    public static IEnumerable<Column> Numbers(params IEnumerable<string> names) => names.Select(name => new Column(name, true));
}

/// <summary>A table.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows, each with a cell for every column.</param>
internal sealed record ReportTable(IReadOnlyList<Column> Columns, IEnumerable<IReadOnlyList<string>> Rows) : ReportBlock
{
    /// <summary>A line below the table; null, the default, for none.</summary>
    public string? Caption { get; init; }
}

/// <summary>The accuracy of each class with its confidence interval: a table in the console, bars on a page.</summary>
/// <param name="Classes">The accuracies.</param>
internal sealed record ClassAccuracies(ImmutableArray<ClassAccuracy> Classes) : ReportBlock;

/// <summary>A confusion matrix. With many classes, the most frequent confusions are listed instead.</summary>
/// <param name="Matrix">The matrix.</param>
/// <param name="Items">The classified items, such as "images".</param>
internal sealed record Confusions(ConfusionMatrix Matrix, string Items) : ReportBlock
{
    /// <summary>The largest number of classes for which the console shows the whole matrix.</summary>
    public const int LargestInConsole = 20;

    /// <summary>The largest number of classes for which a page shows the whole matrix.</summary>
    public const int LargestOnPage = 25;

    // The largest number of classes for which the matrix is part of the JSON object.
    private const int LargestJson = 200;

    private const int ConfusionsShown = 20;

    /// <summary>Lists the most frequent confusions, at most 20, in descending order of their counts.</summary>
    public ReportTable MostFrequent()
    {
        var labels = Enumerable.Range(0, Matrix.Classes.Length).ToList();
        var confusions = labels
            .SelectMany(actual =>
                labels.Where(predicted => predicted != actual).Select(predicted => (Actual: actual, Predicted: predicted))
            )
            .Where(cell => Matrix[cell.Actual, cell.Predicted] > 0)
            .OrderByDescending(cell => Matrix[cell.Actual, cell.Predicted])
            .Take(ConfusionsShown);
        return new ReportTable(
            ["class", "predicted as", .. Column.Numbers(Items, "of")],
            confusions.Select(cell =>
                new[]
                {
                    Format.Name(Matrix.Classes[cell.Actual]),
                    Format.Name(Matrix.Classes[cell.Predicted]),
                    Format.Count(Matrix[cell.Actual, cell.Predicted]),
                    Format.Count(Matrix.Images(cell.Actual)),
                }
            )
        );
    }

    /// <summary>Converts a matrix for the JSON object: true class by predicted class.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <returns>The rows of the matrix; null for more than 200 classes.</returns>
    public static long[][]? ToJson(ConfusionMatrix matrix)
    {
        var labels = Enumerable.Range(0, matrix.Classes.Length).ToArray();
        return labels.Length > LargestJson
            ? null
            : [.. labels.Select(actual => labels.Select(predicted => matrix[actual, predicted]).ToArray())];
    }
}

/// <summary>A point of a curve.</summary>
/// <param name="Step">The step.</param>
/// <param name="Value">The value at that step; points with values that are not finite are not drawn.</param>
internal readonly record struct CurvePoint(double Step, double Value);

/// <summary>A named curve, such as a loss over the steps.</summary>
/// <param name="Name">The name, shown in the legend.</param>
/// <param name="Points">The points, ordered by step.</param>
internal sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points);

/// <summary>Curves over steps.</summary>
/// <remarks>The value axis is logarithmic if the values are positive and span a decade or more.</remarks>
/// <param name="Title">The title.</param>
/// <param name="Curves">The curves; those without finite values are left out.</param>
internal sealed record Chart(string Title, IReadOnlyList<Curve> Curves) : ReportBlock;

/// <summary>What a page shows beyond the console: explanations, settings, bars and pictures.</summary>
/// <param name="Heading">The heading of the section; null for none.</param>
/// <param name="Explanation">An explanation of the section; null if its heading is sufficient.</param>
/// <param name="Blocks">The blocks of the section.</param>
internal sealed record Details(string? Heading, string? Explanation, params ImmutableArray<ReportBlock> Blocks) : ReportBlock;

/// <summary>A bar of a chart.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The length; a bar of a value that is not finite is empty.</param>
/// <param name="Text">The value as people read it.</param>
internal sealed record Bar(string Name, double Value, string Text);

/// <summary>Horizontal bars on a page; the longest has the full width.</summary>
/// <param name="Title">The title.</param>
/// <param name="Bars">The bars.</param>
internal sealed record BarChart(string Title, IReadOnlyList<Bar> Bars) : ReportBlock;

/// <summary>A picture on a page.</summary>
/// <param name="Png">The image file.</param>
/// <param name="Caption">The caption.</param>
internal sealed record Picture(byte[] Png, string Caption);

/// <summary>Pictures on a page, side by side.</summary>
/// <param name="Shown">The pictures.</param>
/// <param name="AreStrips">Whether the pictures are wide, such as the frames of a clip side by side.</param>
internal sealed record Pictures(IReadOnlyList<Picture> Shown, bool AreStrips) : ReportBlock;
