using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Output;

/// <summary>Renders the accuracy of each class as a table.</summary>
/// <remarks>The columns are the class, the number of its tested videos, the share predicted correctly and its 95 % interval.</remarks>
internal static class ClassTable
{
    /// <summary>
    /// The largest number of classes that are all shown. With more classes, only those with the lowest accuracy are shown.
    /// </summary>
    private const int Largest = 20;

    /// <summary>Creates the table, with a row for each class.</summary>
    /// <param name="classes">The accuracies. Of more than 20 classes, the 20 with the lowest accuracy are shown.</param>
    public static Table Of(ImmutableArray<ClassAccuracy> classes)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("class");
        foreach (var name in new[] { "videos", "found", "95 % interval" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        var few = classes.Length <= Largest;
        foreach (var each in few ? classes : [.. classes.OrderBy(each => each.Accuracy).Take(Largest)])
        {
            table.AddRow(
                new Text(Format.Name(each.Name)),
                new Text(Format.Count(each.Videos)),
                new Text(Format.Percent(each.Accuracy)),
                new Text(Format.Range(each.Interval))
            );
        }

        return few ? table : table.Caption($"the {Largest} of {classes.Length} classes that are found least");
    }
}
