using Tacit.Learning.Runs;

namespace Tacit.Cli.Output;

/// <summary>Runs long work and shows its progress on standard error.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs work on another thread. Progress is drawn live in a terminal, otherwise written as a line every few seconds.</summary>
    public static Task<T> RunAsync<T>(Terminal terminal, Func<IProgress<StageProgress>, T> work) =>
        RunAsync(terminal, progress => Task.FromResult(work(progress)));

    /// <summary>Runs asynchronous work off the calling thread in the same way.</summary>
    public static Task<T> RunAsync<T>(Terminal terminal, Func<IProgress<StageProgress>, Task<T>> work) =>
        terminal.IsLive ? LiveProgress.RunAsync(terminal, work) : Task.Run(() => work(new PlainProgress(terminal.Error, terminal.Time)));
}

/// <summary>Progress for a log: a line when a stage begins, every few seconds, and when it ends.</summary>
internal sealed class PlainProgress(TextWriter error, TimeProvider time) : IProgress<StageProgress>
{
    /// <summary>The smallest time between two lines of one stage.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ProgressClock _clock = new(time);
    private readonly Lock _lock = new();
    private string? _stage;
    private bool _ended;
    private long _last;

    /// <inheritdoc/>
    public void Report(StageProgress value)
    {
        lock (_lock)
        {
            var left = _clock.Remaining(value.Stage, value.Done, value.Total);
            var ends = value.Total > 0 && value.Done >= value.Total;
            if (value.Stage == _stage && (_ended || (!ends && time.GetElapsedTime(_last) < Interval)))
            {
                return;
            }

            (_stage, _ended, _last) = (value.Stage, ends, time.GetTimestamp());
            error.WriteLine(Line(value, ends ? null : left));
        }
    }

    private static string Line(StageProgress value, TimeSpan? left)
    {
        var count =
            value.Total > 0 ? $" {value.Done}/{value.Total}"
            : value.Done > 0 ? $" {value.Done}"
            : "";
        var measures = value.Measures.Count > 0 ? $"  {value.MeasuresText}" : "";
        return $"{value.Stage}{count}{measures}{(left is { } time ? $"  {Format.Time(time)} left" : "")}";
    }
}
