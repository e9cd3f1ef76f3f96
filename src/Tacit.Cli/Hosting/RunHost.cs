using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Cli.Hosting;

/// <summary>A run in its folder, whatever it does: begins it or opens it, keeps its curves and its time, and says how it ended.</summary>
/// <typeparam name="T">What it is asked to do.</typeparam>
internal sealed class RunHost<T> : IDisposable
    where T : RunRequest
{
    private readonly RunKind<T> _kind;
    private readonly RunFolder _run;
    private TimedCheckpoints? _checkpoints;

    private RunHost(RunKind<T> kind, T request, RunFolder run, TimeProvider time) =>
        (_kind, Request, _run, Time) = (kind, request, run, time);

    /// <summary>What is asked for.</summary>
    public T Request { get; }

    /// <summary>The folder's full path.</summary>
    public string Folder => _run.FullPath;

    /// <summary>The page that it leaves.</summary>
    public string Report => this[RunFolder.ReportName];

    /// <summary>The network that it makes.</summary>
    public string Output => _kind.Output(Request, Folder);

    /// <summary>What came of it, as --json writes it; null where it is not finished, or what it made is gone.</summary>
    public JsonObject? Result => File.Exists(Output) ? RunFolder.ReadResult(Folder) : null;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The threads that it computes with.</summary>
    public int ThreadCount => _run.Description.ThreadCount;

    /// <summary>Its curves so far.</summary>
    public ImmutableArray<MetricsEntry> Metrics => _run.Metrics.Read();

    /// <summary>The time of the work so far, over all the processes that did it.</summary>
    public TimeSpan Elapsed => _checkpoints?.Elapsed ?? TimeSpan.Zero;

    /// <summary>The path of a file in the folder.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Begins a run.</summary>
    /// <param name="kind">What kind of run it is.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="settings">How it is kept.</param>
    /// <param name="write">Writes what the folder holds from the beginning.</param>
    /// <exception cref="UsageException">The folder holds something, and is not to be overwritten.</exception>
    public static RunHost<T> Begin(
        RunKind<T> kind,
        T request,
        IEnumerable<RunInput> inputs,
        string folder,
        RunSettings settings,
        Action<RunHost<T>> write
    )
    {
        RunClearing.Clear(kind, folder, settings.Force);
        var description = new RunDescription
        {
            Command = kind.Command,
            Options = OptionsJson.ToJson(request, kind.Version),
            Seed = request.Seed(),
            ThreadCount = torch.get_num_threads(),
            Inputs = [.. inputs],
        };
        var host = new RunHost<T>(kind, request, RunFolder.Create(folder, description, settings.Kept, settings.Time), settings.Time);
        try
        {
            write(host);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run.</summary>
    /// <exception cref="InvalidFileException">There is no such run, it is of another command, or another version began it.</exception>
    public static RunHost<T> Open(RunKind<T> kind, string folder, RunSettings settings)
    {
        var run = RunFolder.Open(folder, options: settings.Kept, time: settings.Time);
        try
        {
            return new RunHost<T>(kind, kind.RequestOf(run.Description, folder), run, settings.Time);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that a file is there and is the one that the run began with.</summary>
    /// <param name="name">Its name among the inputs.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">It is gone, or another.</exception>
    public void CheckInput(string name, string path)
    {
        Files.Existing(path, "the file that the run began with");
        if (RunInput.Of(name, path).Sha256 != _run.Description.Inputs.FirstOrDefault(input => input.Name == name)?.Sha256)
        {
            throw new InvalidFileException($"{path} has changed since the run began; put it back, or begin anew with --force")
            {
                Path = path,
            };
        }
    }

    /// <summary>Does the work of the run, or the rest of it, and leaves the page.</summary>
    /// <param name="work">The work, given where it keeps its state and whom it tells of its steps; returns what came of it, and the page.</param>
    /// <param name="shown">What is shown of a step's losses.</param>
    /// <param name="progress">Where it is shown.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    /// <exception cref="RunFailedException">It failed; the last good checkpoint is named.</exception>
    public async Task<RunSummary> RunAsync(
        Func<ICheckpoints, IProgress<TrainingProgress>, Task<(RunSummary Summary, string Page)>> work,
        Func<ImmutableSortedDictionary<string, double>, IEnumerable<Measure>> shown,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        _run.CutBackMetrics();
        _checkpoints = new TimedCheckpoints(_run.Checkpoints, _run.Checkpoints.Latest(), Time);
        var steps = new Relay<TrainingProgress>(value =>
        {
            _run.Metrics.Append(value.Stage, value.Step, value.Losses);
            progress.Report(new StageProgress(value.Stage, value.Step, value.Steps, [.. shown(value.Losses)]));
        });
        try
        {
            var (summary, page) = await work(_checkpoints, steps);
            Write(Report, page);
            Write(this[RunFolder.ResultName], JsonOutput.Text(summary.ToJson()) + "\n");
            return summary;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException(
                $"stopped; go on with: tacit {_kind.Command} --resume {Files.Quoted(Path.GetRelativePath(".", Folder))}",
                cancellation
            );
        }
        catch (Exception failure)
            when (failure is not (OperationCanceledException or ContentException or UsageException or IOException)
                && _run.Checkpoints.Latest() is { } last
            )
        {
            throw new RunFailedException(
                $"{failure.Message}; the last good checkpoint is of step {last.Step} of {last.Stage}: {Path.GetRelativePath(".", _run.Checkpoints.Files[^1])}",
                failure
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Keeps with every checkpoint how long the work took until then.</summary>
    private sealed class TimedCheckpoints(ICheckpoints kept, Checkpoint? latest, TimeProvider time) : ICheckpoints
    {
        private const string SecondsKey = "seconds";

        private readonly long _started = time.GetTimestamp();
        private readonly TimeSpan _before =
            latest?.Values.TryGetValue(SecondsKey, out var text) == true
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : TimeSpan.Zero;

        public TimeSpan Elapsed => _before + time.GetElapsedTime(_started);

        public Checkpoint? Latest(string stage) => kept.Latest(stage);

        public void Save(Checkpoint checkpoint) => kept.Save(Timed(checkpoint));

        public void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation) =>
            kept.SaveIfDue(step, () => Timed(capture()), cancellation);

        private Checkpoint Timed(Checkpoint checkpoint) =>
            checkpoint.WithValue(SecondsKey, Elapsed.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>A run failed; the message names the last good checkpoint.</summary>
internal sealed class RunFailedException(string message, Exception inner) : Exception(message, inner);
