using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>A run folder below another; what is wrong with it where it cannot be read.</summary>
internal sealed record ListedRun(string Path, RunSnapshot? Run, string? Error)
{
    public MetricsEntry? Last => Run?.Metrics.LastOrDefault();

    public ImmutableArray<RunFigure> Figures => RunFigures.Of(Run?.Result);

    public double? Loss => Last?.Values.TryGetValue(RunCurves.Loss, out var loss) == true ? loss : null;
}

/// <summary>The runs below a folder, the newest first.</summary>
internal sealed record RunList(string Folder, ImmutableArray<ListedRun> Runs)
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>Finds the runs in a folder and below it.</summary>
    /// <exception cref="InvalidFileException">There is no such folder.</exception>
    public static RunList Below(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidFileException($"there is no folder {folder}") { Path = folder };
        }

        return new RunList(
            folder,
            [
                .. Directory
                    .EnumerateFiles(folder, RunFolder.DescriptionName, Everywhere)
                    .Select(file => Read(folder, Path.GetDirectoryName(file)!))
                    .OrderByDescending(run => run.Run?.Started ?? DateTimeOffset.MinValue)
                    .ThenBy(run => run.Path, StringComparer.Ordinal),
            ]
        );
    }

    /// <summary>The object of --json.</summary>
    public object ToJson() =>
        new
        {
            folder = Folder,
            runs = Runs.Select(run => new
            {
                run.Path,
                command = run.Run?.Description.Command,
                state = run.Run?.State.ToString().ToLowerInvariant() ?? "damaged",
                stage = run.Last?.Stage,
                step = run.Last?.Step,
                run.Loss,
                results = run.Figures.ToDictionary(figure => figure.Key, figure => figure.Value, StringComparer.Ordinal),
                started = run.Run?.Started,
                updated = run.Last?.Time,
                seed = run.Run?.Description.Seed,
                run.Error,
            }),
        };

    /// <summary>Writes a table, and under it what is wrong with damaged runs.</summary>
    public void Write(IAnsiConsole console, TimeProvider time)
    {
        if (Runs.IsEmpty)
        {
            console.WriteLine($"There is no run in {Folder}.");
            return;
        }

        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("run", "command", "state", "stage")
            .AddColumn(new TableColumn("step").RightAligned())
            .AddColumn(new TableColumn("loss").RightAligned())
            .AddColumn(new TableColumn("result").RightAligned())
            .AddColumns("started", "last step");
        foreach (var run in Runs)
        {
            table.AddRow(
                new Text(run.Path),
                new Text(run.Run?.Description.Command ?? ""),
                new Text(run.Run?.State.ToString().ToLowerInvariant() ?? "damaged"),
                new Text(run.Last?.Stage ?? ""),
                new Text(run.Last is { } last ? Format.Count(last.Step) : ""),
                new Text(run.Loss is { } loss ? Format.Number(loss) : ""),
                new Text(run.Figures.FirstOrDefault()?.Text ?? ""),
                new Text(run.Run is { } read ? Moment(read.Started, time) : ""),
                new Text(run.Last is { } newest ? Ago(newest.Time, time) : "")
            );
        }

        console.Write(table);
        foreach (var run in Runs.Where(run => run.Error is not null))
        {
            console.WriteLine($"{run.Path}: {run.Error}");
        }
    }

    /// <summary>A moment in the clock's time zone, to the minute.</summary>
    public static string Moment(DateTimeOffset moment, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(moment, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm");

    /// <summary>How long ago a moment was.</summary>
    public static string Ago(DateTimeOffset moment, TimeProvider time) =>
        (time.GetUtcNow() - moment) switch
        {
            { TotalSeconds: < 1 } => "now",
            { TotalDays: >= 2 } ago => $"{(int)ago.TotalDays} days ago",
            var ago => Format.Time(ago) + " ago",
        };

    private static ListedRun Read(string folder, string path)
    {
        var name = Path.GetRelativePath(folder, path);
        try
        {
            return new ListedRun(name, RunSnapshot.Read(path), null);
        }
        catch (Exception e) when (e is InvalidFileException or IOException or UnauthorizedAccessException)
        {
            return new ListedRun(name, null, e.Message);
        }
    }
}
