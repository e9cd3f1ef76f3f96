using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Cli.Hosting;

/// <summary>Hosts a run in its folder: begins or opens it, stores metrics and elapsed time, and writes its result.</summary>
/// <remarks>
/// <para>
/// The folder holds the description of the run (request, seed, threads, hashes of inputs), metrics, checkpoints, and at the end the report
/// and result.json. The host locks the folder until it is disposed.
/// </para>
/// <para>
/// All kinds of runs use this class. They differ in <see cref="RunKind{T}"/> and in the work that they pass to <see cref="RunAsync"/>.
/// </para>
/// </remarks>
/// <typeparam name="T">The type of the request.</typeparam>
internal sealed class RunHost<T> : IDisposable
    where T : RunRequest
{
    private readonly RunKind<T> _kind;
    private readonly RunFolder _run;
    private TimedCheckpoints? _checkpoints;

    private RunHost(RunKind<T> kind, T request, RunFolder run, TimeProvider time) =>
        (_kind, Request, _run, Time) = (kind, request, run, time);

    /// <summary>The request of the run, as stored in its folder.</summary>
    public T Request { get; }

    /// <summary>The full path of the folder.</summary>
    public string Folder => _run.FullPath;

    /// <summary>The path of the HTML report.</summary>
    public string Report => this[RunFolder.ReportName];

    /// <summary>The path of the network that the run produces.</summary>
    public string Output => _kind.Output(Request, Folder);

    /// <summary>The content of result.json; null if the run is not finished, or if its output was deleted.</summary>
    public JsonObject? Result => File.Exists(Output) ? RunFolder.ReadResult(Folder) : null;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The number of threads with which the run began. Results can depend on it, so a resumed run uses it again.</summary>
    public int ThreadCount => _run.Description.ThreadCount;

    /// <summary>The metrics of all steps so far. Read from the file at each access.</summary>
    public ImmutableArray<MetricsEntry> Metrics => _run.Metrics.Read();

    /// <summary>The time of the work so far, over all processes that did it, without interruptions.</summary>
    public TimeSpan Elapsed => _checkpoints?.Elapsed ?? TimeSpan.Zero;

    /// <summary>Returns the path of a file in the folder.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Begins a run in a new or cleared folder.</summary>
    /// <param name="kind">The kind of run.</param>
    /// <param name="request">The request. It is stored, so that the run can be resumed.</param>
    /// <param name="inputs">The files that the run reads, with their hashes.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">Whether an earlier run is overwritten, and the interval of checkpoints.</param>
    /// <param name="write">Writes files that the folder holds from the beginning.</param>
    /// <exception cref="UsageException">The folder holds other files, or an earlier run that may not be overwritten.</exception>
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

    /// <summary>Opens a run to resume it.</summary>
    /// <param name="kind">The kind of run.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">The interval of checkpoints.</param>
    /// <exception cref="InvalidFileException">The folder holds no run, or a run of another command or version.</exception>
    /// <exception cref="IOException">Another process is working on the run.</exception>
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

    /// <summary>Verifies that an input exists and has not changed since the run began.</summary>
    /// <param name="name">The name of the input in the description of the run.</param>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="InvalidFileException">The file is missing or has another hash.</exception>
    public void CheckInput(string name, string path)
    {
        Files.Existing(path, "the file that the run began with");
        if (RunInput.Of(name, path).Sha256 != _run.Description.Inputs.FirstOrDefault(input => input.Name == name)?.Sha256)
        {
            throw new InvalidFileException($"{path} has changed since the run began; put it back, or start again with --force")
            {
                Path = path,
            };
        }
    }

    /// <summary>Does the work of the run, or the rest of it, and writes <c>result.json</c> and the page.</summary>
    /// <param name="work">
    /// The work, which receives the store of its checkpoints and the progress to report its steps to. It returns its report.
    /// </param>
    /// <param name="shown">The losses of a step that the progress shows.</param>
    /// <param name="progress">Shows the progress.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The report, with the time of the work and the path of the page.</returns>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    /// <exception cref="RunFailedException">It failed; the last good checkpoint is named.</exception>
    public async Task<Report> RunAsync(
        Func<ICheckpoints, IProgress<TrainingProgress>, Task<Report>> work,
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
            var report = (await work(_checkpoints, steps)).With(new Fact("time", Format.Time(Elapsed), Format.Time(Elapsed)));
            Files.Write(Report, HtmlWriter.ToHtml(report));
            Files.Write(this[RunFolder.ResultName], JsonWriter.Text(report.Data) + "\n");
            return report.With(new Fact("report", Files.Shown(Report)));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException(
                $"stopped; resume with: tacit {_kind.Command} --resume {Files.Quoted(Path.GetRelativePath(".", Folder))}",
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

    /// <summary>Stores the elapsed time with every checkpoint.</summary>
    private sealed class TimedCheckpoints(ICheckpoints kept, Checkpoint? latest, TimeProvider time) : ICheckpoints
    {
        private const string SecondsKey = "seconds";

        private readonly long _started = time.GetTimestamp();
        private readonly TimeSpan _before =
            latest?.Values.TryGetValue(SecondsKey, out var text) == true
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : TimeSpan.Zero;

        /// <summary>The time of the work, including that before the run was resumed.</summary>
        public TimeSpan Elapsed => _before + time.GetElapsedTime(_started);

        /// <inheritdoc/>
        public Checkpoint? Latest(string stage) => kept.Latest(stage);

        /// <inheritdoc/>
        public void Save(Checkpoint checkpoint) => kept.Save(Timed(checkpoint));

        /// <inheritdoc/>
        public void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation) =>
            kept.SaveIfDue(step, () => Timed(capture()), cancellation);

        private Checkpoint Timed(Checkpoint checkpoint) =>
            checkpoint.WithValue(SecondsKey, Elapsed.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>A run failed. The message names its last checkpoint.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">The cause.</param>
internal sealed class RunFailedException(string message, Exception inner) : Exception(message, inner);
