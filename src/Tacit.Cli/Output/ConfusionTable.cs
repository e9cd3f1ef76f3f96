using Spectre.Console;
using Tacit.Inference.Metrics;

namespace Tacit.Cli.Output;

/// <summary>Renders a confusion matrix as a table or as JSON.</summary>
internal static class ConfusionTable
{
    // The largest number of classes for which the whole matrix is shown. With more classes, the most frequent confusions are
    // listed.
    private const int LargestTable = 20;

    // The largest number of classes for which the matrix is part of the JSON object.
    private const int LargestJson = 200;

    private const int ConfusionsShown = 10;

    /// <summary>Converts the matrix for the option --json: true class by predicted class.</summary>
    /// <param name="confusion">The matrix.</param>
    /// <returns>The rows of the matrix; null for more than 200 classes.</returns>
    public static long[][]? ToJson(ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.Classes.Length).ToArray();
        return classes.Length > LargestJson
            ? null
            : [.. classes.Select(actual => classes.Select(predicted => confusion[actual, predicted]).ToArray())];
    }

    /// <summary>Writes the matrix. For more than 20 classes, the ten most frequent confusions are listed instead.</summary>
    /// <param name="console">The console to write to.</param>
    /// <param name="confusion">The matrix.</param>
    /// <param name="items">The classified items, such as "images".</param>
    public static void Write(IAnsiConsole console, ConfusionMatrix confusion, string items) =>
        console.Write(confusion.Classes.Length <= LargestTable ? Matrix(confusion) : Commonest(confusion, items));

    /// <summary>
    /// Renders the whole matrix: a row for each true class and a column for each predicted class. Zeros are shown as dots and
    /// the diagonal in bold.
    /// </summary>
    private static Table Matrix(ConfusionMatrix confusion)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(new Text("is \\ taken for")));
        foreach (var name in confusion.Classes)
        {
            table.AddColumn(new TableColumn(new Text(Short(name))).RightAligned().Padding(0, 0, 1, 0));
        }

        for (var actual = 0; actual < confusion.Classes.Length; actual++)
        {
            var row = new List<Text> { new(confusion.Classes[actual]) };
            for (var predicted = 0; predicted < confusion.Classes.Length; predicted++)
            {
                var count = confusion[actual, predicted];
                row.Add(
                    new Text(count == 0 ? "·" : $"{count}", actual == predicted ? new Style(decoration: Decoration.Bold) : Style.Plain)
                );
            }

            table.AddRow(row);
        }

        return table;
    }

    /// <summary>Renders the most frequent confusions, in descending order of their counts.</summary>
    private static Table Commonest(ConfusionMatrix confusion, string items)
    {
        var classes = Enumerable.Range(0, confusion.Classes.Length);
        var worst = classes
            .SelectMany(actual =>
                classes
                    .Where(predicted => predicted != actual)
                    .Select(predicted => (actual, predicted, count: confusion[actual, predicted]))
            )
            .Where(cell => cell.count > 0)
            .OrderByDescending(cell => cell.count)
            .Take(ConfusionsShown);
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumn("is")
            .AddColumn("taken for")
            .AddColumn(new TableColumn(items).RightAligned());
        foreach (var (actual, predicted, count) in worst)
        {
            table.AddRow(new Text(confusion.Classes[actual]), new Text(confusion.Classes[predicted]), new Text($"{count}"));
        }

        return table;
    }

    /// <summary>Shortens the name of a class to the six characters that fit above a column.</summary>
    private static string Short(string name) => name.Length <= 6 ? name : name[..6];
}
