using System.Text;

namespace Tacit.Cli.Output;

/// <summary>
/// Draws curves over steps as text. A single curve is drawn with braille dots, several curves with the letters from "a".
/// </summary>
/// <remarks>
/// <para>
/// A braille character has 2 x 4 dots, so a single curve has twice the horizontal and four times the vertical resolution of the
/// characters.
/// </para>
/// <para>
/// Each column shows the mean of the values that fall into it, and consecutive columns are connected. "*" marks a cell where
/// curves meet.
/// </para>
/// <para>The value axis is logarithmic if the values are positive and span a decade or more; the step axis is always linear.</para>
/// </remarks>
/// <param name="Curves">The curves, at most <see cref="MaxCurves"/>.</param>
/// <param name="Width">The maximum width of a line in characters.</param>
/// <param name="Height">The height of the plot area in lines. Default 10.</param>
/// <example><code>
/// var chart = new TextChart([new Curve("loss", points)], Width: 80);
/// foreach (var line in chart.Lines())
/// {
///     console.WriteLine(line);
/// }
/// </code></example>
internal sealed record TextChart(IReadOnlyList<Curve> Curves, int Width, int Height = 10)
{
    /// <summary>The maximum number of curves that can be distinguished by letters.</summary>
    public const int MaxCurves = 26;

    private const string Caption = " step";

    // The bit of each dot of a braille character, by row and column, relative to U+2800.
    private static readonly int[,] Dots =
    {
        { 0x01, 0x08 },
        { 0x02, 0x10 },
        { 0x04, 0x20 },
        { 0x40, 0x80 },
    };

    /// <summary>The letter that marks a curve if there are several.</summary>
    /// <param name="curve">The index of the curve, from 0.</param>
    public static char Mark(int curve) => (char)('a' + curve);

    /// <summary>Draws the chart.</summary>
    /// <returns>The lines, including the axes; none if there is no finite value.</returns>
    public IReadOnlyList<string> Lines()
    {
        var curves = Curves.Select(curve => curve.Points.Where(point => double.IsFinite(point.Value)).ToList()).ToList();
        var points = curves.SelectMany(curve => curve).ToList();
        if (points.Count == 0)
        {
            return [];
        }

        var values = Axis.Over(points.Min(point => point.Value), points.Max(point => point.Value), logarithmic: true);
        var steps = Axis.Over(points.Min(point => point.Step), points.Max(point => point.Step), logarithmic: false);
        var labels = values
            .Ticks.GroupBy(tick => Row(values.Place(tick), Height))
            .ToDictionary(row => row.Key, row => Axis.Label(row.First()));
        var margin = labels.Values.Max(label => label.Length);
        var columns = Math.Max(10, Width - margin - 2 - Caption.Length);
        var drawing = curves.Count == 1 ? Braille(Trace(curves[0], steps, values, columns * 2, Height * 4), columns) : Letters();
        return
        [
            .. drawing.Select(
                (line, row) =>
                    $"{labels.GetValueOrDefault(row, "").PadLeft(margin)} {(labels.ContainsKey(row) ? '┤' : '│')}{line}".TrimEnd()
            ),
            $"{new string(' ', margin)} └{new string('─', columns)}",
            $"{new string(' ', margin + 2)}{StepLabels(steps, columns)}{Caption}",
        ];

        IEnumerable<string> Letters()
        {
            var cells = Blank(columns);
            for (var curve = 0; curve < curves.Count; curve++)
            {
                foreach (var (column, row) in Trace(curves[curve], steps, values, columns, Height))
                {
                    cells[row][column] = cells[row][column] == ' ' ? Mark(curve) : '*';
                }
            }

            return cells.Select(cell => new string(cell));
        }
    }

    /// <summary>Converts dots to lines of braille characters.</summary>
    /// <param name="dots">The column and row of each dot, from the top left.</param>
    /// <param name="columns">The number of characters in a line.</param>
    private IEnumerable<string> Braille(IEnumerable<(int Column, int Row)> dots, int columns)
    {
        var cells = Blank(columns);
        foreach (var (column, row) in dots)
        {
            ref var cell = ref cells[row / 4][column / 2];
            cell = (char)((cell == ' ' ? 0x2800 : cell) | Dots[row % 4, column % 2]);
        }

        return cells.Select(cell => new string(cell));
    }

    /// <summary>Creates an empty drawing of <see cref="Height"/> lines.</summary>
    private char[][] Blank(int columns) => [.. Enumerable.Range(0, Height).Select(_ => Enumerable.Repeat(' ', columns).ToArray())];

    /// <summary>Converts a relative position (0 at the bottom, 1 at the top) to a row, counted from the top.</summary>
    private static int Row(double place, int rows) => (int)Math.Round((1 - place) * (rows - 1), MidpointRounding.AwayFromZero);

    /// <summary>
    /// Computes the cells that a curve passes through: at least one in each column from its first point to its last, connected
    /// vertically. Columns without points are interpolated linearly.
    /// </summary>
    /// <param name="points">The points with finite values, ordered by step.</param>
    /// <param name="steps">The horizontal axis.</param>
    /// <param name="values">The vertical axis.</param>
    /// <param name="columns">The number of columns of the drawing.</param>
    /// <param name="rows">The number of rows of the drawing.</param>
    private static HashSet<(int Column, int Row)> Trace(List<CurvePoint> points, Axis steps, Axis values, int columns, int rows)
    {
        var heights = points
            .GroupBy(point => (int)Math.Round(steps.Place(point.Step) * (columns - 1), MidpointRounding.AwayFromZero))
            .OrderBy(column => column.Key)
            .Select(column => (Column: column.Key, Row: Row(column.Average(point => values.Place(point.Value)), rows)))
            .ToList();
        var cells = new HashSet<(int, int)>();
        for (var i = 0; i < heights.Count; i++)
        {
            cells.Add(heights[i]);
            for (var column = i == 0 ? int.MaxValue : heights[i - 1].Column + 1; column <= heights[i].Column; column++)
            {
                Join(column, RowAt(i, column - 1), RowAt(i, column));
            }
        }

        return cells;

        int RowAt(int i, int column)
        {
            var (before, after) = (heights[i - 1], heights[i]);
            var part = (double)(column - before.Column) / (after.Column - before.Column);
            return (int)Math.Round(before.Row + part * (after.Row - before.Row), MidpointRounding.AwayFromZero);
        }

        void Join(int column, int from, int to)
        {
            cells.Add((column, to));
            for (var row = Math.Min(from, to) + 1; row < Math.Max(from, to); row++)
            {
                cells.Add((column, row));
            }
        }
    }

    /// <summary>Creates the line of step labels. A label that would overlap the one before is left out.</summary>
    private static string StepLabels(Axis steps, int columns)
    {
        var line = new StringBuilder(new string(' ', columns));
        var free = 0;
        foreach (var tick in steps.Ticks)
        {
            var label = Axis.Label(tick);
            var start = Math.Clamp(
                (int)Math.Round(steps.Place(tick) * (columns - 1), MidpointRounding.AwayFromZero) - label.Length / 2,
                0,
                Math.Max(0, columns - label.Length)
            );
            if (start >= free)
            {
                line.Remove(start, label.Length).Insert(start, label);
                free = start + label.Length + 1;
            }
        }

        return line.ToString();
    }
}
