using System.Collections.Immutable;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>A run folder below another; what is wrong with it where it cannot be read.</summary>
internal sealed record ListedRun(string Path, RunSnapshot? Run, string? Error)
{
    public MetricsEntry? Last => Run?.Metrics.LastOrDefault();

    public ImmutableArray<RunFigure> Figures => RunFigures.Of(Run?.Result);

    public double? Loss => Last?.Values.TryGetValue(ChosenCurves.Loss, out var loss) == true ? loss : null;
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

    /// <summary>Creates the report: a table, and the problem of each damaged run.</summary>
    /// <param name="time">The clock, for the times since the last steps.</param>
    public Report Report(TimeProvider time) =>
        Runs.IsEmpty
            ? new(Data(), new Note($"There is no run in {Folder}."))
            : new(Data(), [Table(time), .. Runs.Where(run => run.Error is not null).Select(run => new Note($"{run.Path}: {run.Error}"))]);

    private object Data() =>
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

    private ReportTable Table(TimeProvider time) =>
        new(
            ["run", "command", "state", "stage", .. Column.Numbers("step", "loss", "result"), "started", "last step"],
            Runs.Select(run =>
                new[]
                {
                    run.Path,
                    run.Run?.Description.Command ?? "",
                    run.Run?.State.ToString().ToLowerInvariant() ?? "damaged",
                    run.Last?.Stage ?? "",
                    run.Last is { } last ? Format.Count(last.Step) : "",
                    run.Loss is { } loss ? Format.Number(loss) : "",
                    run.Figures.FirstOrDefault()?.Text ?? "",
                    run.Run is { } read ? Moment(read.Started, time) : "",
                    run.Last is { } newest ? Ago(newest.Time, time) : "",
                }
            )
        );

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
