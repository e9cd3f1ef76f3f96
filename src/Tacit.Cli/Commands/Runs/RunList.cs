using System.Collections.Immutable;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>A run found in a folder, or a damaged one with the reason.</summary>
/// <param name="Path">The path of the run folder, relative to the searched folder.</param>
/// <param name="Run">The run; null if it cannot be read.</param>
/// <param name="Error">The reason why the run cannot be read; null if it can.</param>
internal sealed record ListedRun(string Path, RunSnapshot? Run, string? Error)
{
    /// <summary>The metrics of the last step; null if there are none.</summary>
    public MetricsEntry? Last => Run?.Metrics.LastOrDefault();

    /// <summary>The figures of the result; empty if the run is not finished.</summary>
    public ImmutableArray<RunFigure> Figures => RunFigures.Of(Run?.Result);

    /// <summary>The loss of the last step; null if it has no metric of this name.</summary>
    public double? Loss => Last?.Values.TryGetValue(ChosenCurves.Loss, out var loss) == true ? loss : null;
}

/// <summary>The runs in a folder and its subfolders, the newest first.</summary>
/// <remarks>
/// JSON fields of each run: <c>state</c> is "running", "stopped", "done" or "damaged"; <c>stage</c>, <c>step</c> and <c>loss</c> are those
/// of the last step; <c>results</c> has the figures of <see cref="RunFigures"/>; <c>started</c> and <c>updated</c> are times in ISO 8601;
/// <c>error</c> is the reason for a damaged run. Fields without a value are null.
/// </remarks>
/// <param name="Folder">The searched folder.</param>
/// <param name="Runs">The runs, the newest first; damaged ones last.</param>
internal sealed record RunList(string Folder, ImmutableArray<ListedRun> Runs)
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>Finds the runs in a folder and all its subfolders. Subfolders that cannot be accessed are skipped.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidFileException">The folder does not exist.</exception>
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

    /// <summary>Creates the report: a table of the runs, and the reason for each damaged run.</summary>
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

    /// <summary>Formats a time to the minute in the time zone of the clock, for example "2026-03-14 09:26".</summary>
    /// <param name="moment">The time.</param>
    /// <param name="time">The clock.</param>
    public static string Moment(DateTimeOffset moment, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(moment, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm");

    /// <summary>Formats the time that has passed since a moment: "now", "5 min ago" or "3 days ago".</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="time">The clock.</param>
    public static string Ago(DateTimeOffset moment, TimeProvider time) =>
        (time.GetUtcNow() - moment) switch
        {
            { TotalSeconds: < 1 } => "now",
            { TotalDays: >= 2 } ago => $"{(int)ago.TotalDays} days ago",
            var ago => Format.Time(ago) + " ago",
        };

    /// <summary>Reads a run. A damaged or inaccessible one is returned with the reason instead of failing the whole list.</summary>
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
