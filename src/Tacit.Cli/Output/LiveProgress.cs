using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Output;

/// <summary>Shows progress that is redrawn in place: one bar for each stage, with its losses and the remaining time.</summary>
internal sealed class LiveProgress : IProgress<StageProgress>
{
    private const int Steps = 1000;

    private readonly ProgressContext _context;
    private readonly DetailColumn _details;
    private readonly ProgressClock _clock;
    private readonly Lock _lock = new();
    private ProgressTask? _task;

    private LiveProgress(ProgressContext context, DetailColumn details, TimeProvider time) =>
        (_context, _details, _clock) = (context, details, new ProgressClock(time));

    /// <summary>Runs the work and draws the bars until it ends.</summary>
    public static Task<T> RunAsync<T>(Terminal terminal, Func<IProgress<StageProgress>, Task<T>> work)
    {
        var details = new DetailColumn();
        return terminal
            .ErrorConsole.Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 24 },
                new PercentageColumn(),
                details
            )
            .StartAsync(context =>
                Task.Run(async () =>
                {
                    var progress = new LiveProgress(context, details, terminal.Time);
                    var result = await work(progress);
                    progress.Finish();
                    return result;
                })
            );
    }

    /// <inheritdoc/>
    public void Report(StageProgress value)
    {
        lock (_lock)
        {
            if (_task is null || _task.Description != Markup.Escape(value.Stage))
            {
                Finish();
                _task = _context.AddTask(Markup.Escape(value.Stage), maxValue: Steps);
            }

            var left = _clock.Remaining(value.Stage, value.Done, value.Total);
            _task.IsIndeterminate = value.Total <= 0;
            _details.Texts[_task.Id] = Detail(value, left);
            _task.Value = value.Total > 0 ? (double)value.Done / value.Total * Steps : 0;
        }
    }

    private static string Detail(StageProgress value, TimeSpan? left)
    {
        var ended = value.Total > 0 && value.Done >= value.Total;
        return string.Join(
            "  ",
            new[] { value.MeasuresText, left is { } time && !ended ? $"{Format.Time(time)} left" : "" }.Where(text => text.Length > 0)
        );
    }

    private void Finish()
    {
        if (_task is not null)
        {
            _task.IsIndeterminate = false;
            _task.Value = Steps;
            _task.StopTask();
        }
    }

    private sealed class DetailColumn : ProgressColumn
    {
        public ConcurrentDictionary<int, string> Texts { get; } = new();

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Texts.GetValueOrDefault(task.Id, ""), new Style(Color.Grey)).Ellipsis();
    }
}
