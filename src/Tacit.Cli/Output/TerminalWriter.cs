using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Output;

/// <summary>Shows a report in the console: facts in two aligned columns, tables, and charts of characters.</summary>
/// <remarks><see cref="Details"/>, <see cref="BarChart"/> and <see cref="Pictures"/> are for pages and left out here.</remarks>
internal static class TerminalWriter
{
    private const int LargestChart = 100;
    private const int LowChart = 10;
    private const int HighChart = 16; // for several curves

    // With more classes, only those with the lowest accuracy are shown.
    private const int ClassesShown = 20;

    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="console">The console to write to.</param>
    public static void Write(Report report, IAnsiConsole console)
    {
        foreach (var block in report.Blocks)
        {
            Write(block, console);
        }
    }

    private static void Write(ReportBlock block, IAnsiConsole console)
    {
        switch (block)
        {
            case FactList facts:
                Write(facts, console);
                break;
            case Note note:
                console.WriteLine(note.Text);
                break;
            case ReportTable table:
                console.Write(TableOf(table));
                break;
            case ClassAccuracies accuracies:
                console.Write(TableOf(OfClasses(accuracies.Classes)));
                break;
            case Confusions confusions:
                console.Write(
                    confusions.Matrix.Classes.Length <= Confusions.LargestInConsole
                        ? TableOf(confusions)
                        : TableOf(confusions.MostFrequent())
                );
                break;
            case Chart chart:
                Write(chart, console);
                break;
            case Details or BarChart or Pictures:
                break;
            default:
                throw new ArgumentException($"a {block.GetType().Name} cannot be shown in the console", nameof(block));
        }
    }

    private static void Write(FactList list, IAnsiConsole console)
    {
        var width = list.Facts.Select(fact => fact.Name.Length).DefaultIfEmpty().Max() + 2;
        foreach (var fact in list.Facts)
        {
            console.Write(new Text(fact.Name.PadRight(width), new Style(Color.Grey)));
            console.WriteLine(fact.Value);
        }
    }

    private static void Write(Chart chart, IAnsiConsole console)
    {
        console.WriteLine(chart.Title);
        var text = new TextChart(
            chart.Curves,
            Math.Min(LargestChart, console.Profile.Width),
            chart.Curves.Count == 1 ? LowChart : HighChart
        );
        foreach (var line in text.Lines())
        {
            console.WriteLine(line);
        }

        console.WriteLine();
    }

    private static Table TableOf(ReportTable table)
    {
        var shown = new Table().Border(TableBorder.Simple);
        foreach (var column in table.Columns)
        {
            var added = new TableColumn(new Text(column.Name));
            shown.AddColumn(column.IsNumber ? added.RightAligned() : added);
        }

        foreach (var row in table.Rows)
        {
            shown.AddRow(row.Select(cell => new Text(cell)));
        }

        return table.Caption is { } caption ? shown.Caption(Markup.Escape(caption)) : shown;
    }

    private static ReportTable OfClasses(ImmutableArray<ClassAccuracy> classes)
    {
        var few = classes.Length <= ClassesShown;
        return new ReportTable(
            ["class", .. Column.Numbers("videos", "found", "95 % interval")],
            (few ? classes : [.. classes.OrderBy(each => each.Accuracy).Take(ClassesShown)]).Select(each =>
                new[] { Format.Name(each.Name), Format.Count(each.Videos), Format.Percent(each.Accuracy), Format.Range(each.Interval) }
            )
        )
        {
            Caption = few ? null : $"the {ClassesShown} of {classes.Length} classes with the lowest accuracy",
        };
    }

    // A row for each true class and a column for each predicted class. Zeros are shown as dots and the diagonal in bold.
    private static Table TableOf(Confusions confusions)
    {
        var matrix = confusions.Matrix;
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(new Text("class \\ predicted")));
        foreach (var name in matrix.Classes)
        {
            table.AddColumn(new TableColumn(new Text(Short(Format.Name(name)))).RightAligned().Padding(0, 0, 1, 0));
        }

        for (var actual = 0; actual < matrix.Classes.Length; actual++)
        {
            var row = new List<Text> { new(Format.Name(matrix.Classes[actual])) };
            for (var predicted = 0; predicted < matrix.Classes.Length; predicted++)
            {
                var count = matrix[actual, predicted];
                row.Add(
                    new Text(count == 0 ? "·" : $"{count}", actual == predicted ? new Style(decoration: Decoration.Bold) : Style.Plain)
                );
            }

            table.AddRow(row);
        }

        return table;
    }

    // The six characters that fit above a column.
    private static string Short(string name) => name.Length <= 6 ? name : name[..6];
}
