using System.Text.Json;
using System.Text.Json.Nodes;
using Tacit.Graphs;

namespace Tacit.Learning.Runs;

/// <summary>The folder of a long job: what it is, how it goes, and what it needs to go on after any interruption.</summary>
/// <remarks>
/// <c>run.json</c> describes the run, <c>metrics.jsonl</c> holds its curves, <c>checkpoints/</c> its state. One process at a
/// time has a run open; when it dies, however it dies, the system releases the lock.
/// </remarks>
/// <example><code>
/// using var run = RunFolder.Exists(path) ? RunFolder.Open(path, description) : RunFolder.Create(path, description);
/// run.CutBackMetrics();
/// </code></example>
public sealed class RunFolder : IDisposable
{
    /// <summary>The name of the file that says what a run is; a folder that has it holds a run.</summary>
    public const string DescriptionName = "run.json";

    /// <summary>The name of the page that a run leaves in its folder when it is done.</summary>
    public const string ReportName = "report.html";

    /// <summary>The name of the file in which a run leaves its result as JSON; it is written last, so a run that has it is finished.</summary>
    public const string ResultName = "result.json";

    internal const string MetricsName = "metrics.jsonl";
    internal const string CheckpointsName = "checkpoints";

    private const string LockName = ".lock";
    private const int LockTries = 5;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(10);

    // The description goes last when a run is removed: until then the folder is known to hold one.
    private static readonly string[] OfEveryRun = [MetricsName, ReportName, ResultName, LockName, DescriptionName];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream @lock, RunDescription description, RunFolderOptions options, TimeProvider time)
    {
        _lock = @lock;
        FullPath = path;
        Description = description;
        Metrics = new MetricsLog(Path.Combine(path, MetricsName), time);
        Checkpoints = new CheckpointStore(Path.Combine(path, CheckpointsName), options, time);
    }

    /// <summary>The folder's full path.</summary>
    public string FullPath { get; }

    /// <summary>What the run is.</summary>
    public RunDescription Description { get; }

    /// <summary>The curves of the run.</summary>
    public MetricsLog Metrics { get; }

    /// <summary>The checkpoints of the run.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>Whether there is a run in a folder.</summary>
    public static bool Exists(string path) => File.Exists(Path.Combine(path, DescriptionName));

    /// <summary>Whether a process has the run in a folder open. Nothing is changed.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static bool IsOpen(string path) => FileLock.IsTaken(Path.Combine(path, LockName));

    /// <summary>Begins a run in a new or empty folder.</summary>
    /// <param name="path">The folder, which is made where it is missing.</param>
    /// <param name="description">What the run is.</param>
    /// <param name="options">How it is kept.</param>
    /// <param name="time">The clock of metrics and checkpoints; the system's where null.</param>
    /// <exception cref="ArgumentException">The folder holds a run or other files.</exception>
    /// <exception cref="IOException">The folder cannot be written, or another process has it open.</exception>
    public static RunFolder Create(string path, RunDescription description, RunFolderOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(description);
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        var @lock = Lock(full);
        try
        {
            if (Directory.EnumerateFileSystemEntries(full).FirstOrDefault(entry => !IsLeftOver(Path.GetFileName(entry))) is { } other)
            {
                throw new ArgumentException(
                    Exists(full)
                        ? $"{path} holds a run already; resume it, or name another folder"
                        : $"{path} is not empty (it holds {Path.GetFileName(other)}); name another folder"
                );
            }

            AtomicFile.Write(
                Path.Combine(full, DescriptionName),
                stream => JsonSerializer.Serialize(stream, description.ToJson(), Indented)
            );
            return new RunFolder(full, @lock, description, options ?? new RunFolderOptions(), time ?? TimeProvider.System);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run to go on with it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="expected">
    /// What the run should be; null takes it as it is. Only differences of the machine and of versions are let through:
    /// <see cref="RunDescription.DifferencesFrom"/> names them.
    /// </param>
    /// <param name="options">How it is kept.</param>
    /// <param name="time">The clock of metrics and checkpoints; the system's where null.</param>
    /// <exception cref="InvalidFileException">There is no run, its description is damaged, or it is another than expected.</exception>
    /// <exception cref="IOException">The folder cannot be written, or another process has it open.</exception>
    public static RunFolder Open(string path, RunDescription? expected = null, RunFolderOptions? options = null, TimeProvider? time = null)
    {
        var full = Path.GetFullPath(path);
        CheckExists(path);
        var @lock = Lock(full);
        try
        {
            var description = ReadDescription(full);
            var conflicts = expected?.DifferencesFrom(description).Where(difference => !difference.IsEnvironment).ToList() ?? [];
            return conflicts.Count == 0
                ? new RunFolder(full, @lock, description, options ?? new RunFolderOptions(), time ?? TimeProvider.System)
                : throw new InvalidFileException(
                    $"the run in {path} is another: {string.Join("; ", conflicts)}. Resume it as it was begun, or begin a new run"
                )
                {
                    Path = path,
                };
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>The names in a run's folder that are none of the run's: what it holds beside the files of every run and some more.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="files">The names of the files that this run leaves beside those of every run.</param>
    public static IEnumerable<string> Others(string path, IReadOnlyCollection<string> files) =>
        Directory
            .EnumerateFileSystemEntries(path)
            .Select(entry => Path.GetFileName(entry))
            .Where(name => name != CheckpointsName && !OfEveryRun.Contains(name) && !files.Contains(name) && !IsLeftOver(name));

    /// <summary>Removes a run and leaves its folder, with whatever else is in it; does nothing where there is no run.</summary>
    /// <inheritdoc cref="Others"/>
    public static void Clear(string path, IReadOnlyCollection<string> files)
    {
        if (!Exists(path))
        {
            return;
        }

        if (Directory.Exists(Path.Combine(path, CheckpointsName)))
        {
            Directory.Delete(Path.Combine(path, CheckpointsName), recursive: true);
        }

        foreach (var leftOver in Directory.EnumerateFiles(path, ".*.tmp").ToList())
        {
            File.Delete(leftOver);
        }

        foreach (var name in files.Concat(OfEveryRun))
        {
            File.Delete(Path.Combine(path, name));
        }
    }

    /// <summary>
    /// Removes the metrics of steps that a resumed run does again: each stage continues from its own latest checkpoint, and a
    /// stage without one from the start.
    /// </summary>
    /// <remarks>The metrics of a stage whose checkpoints are all damaged stay: the stage may be finished and not needed again.</remarks>
    /// <exception cref="InvalidFileException">A line of the metrics is damaged.</exception>
    public void CutBackMetrics() => Metrics.CutBackTo(DoneIn);

    /// <summary>Closes the run, so that others can open it.</summary>
    public void Dispose()
    {
        Metrics.Dispose();
        _lock.Dispose();
    }

    private long DoneIn(string stage)
    {
        try
        {
            return Checkpoints.Latest(stage)?.Step ?? 0;
        }
        catch (InvalidFileException)
        {
            return long.MaxValue;
        }
    }

    internal static string DescriptionPath(string folder) => Path.Combine(folder, DescriptionName);

    internal static void CheckExists(string path)
    {
        if (!Exists(path))
        {
            throw new InvalidFileException($"{path} holds no run: there is no {DescriptionName}") { Path = path };
        }
    }

    internal static RunDescription ReadDescription(string folder)
    {
        var path = DescriptionPath(folder);
        return RunDescription.FromJson(ReadJson(path), path);
    }

    /// <summary>The result that the run in a folder left; null where it is not finished.</summary>
    /// <exception cref="InvalidFileException">The file of the result is damaged.</exception>
    public static JsonObject? ReadResult(string path)
    {
        var file = Path.Combine(path, ResultName);
        return !File.Exists(file)
            ? null
            : ReadJson(file) as JsonObject ?? throw new InvalidFileException($"{file} holds no result of a run") { Path = file };
    }

    private static JsonNode? ReadJson(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new InvalidFileException($"{path} is not valid JSON", e) { Path = path };
        }
    }

    /// <summary>Whether a file of this name in a run's folder is what a process that was killed left.</summary>
    public static bool IsLeftOver(string name) =>
        name == LockName || (name.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal));

    private static FileStream Lock(string folder)
    {
        for (var tries = 1; ; tries++)
        {
            if (FileLock.TryTake(Path.Combine(folder, LockName)) is { } held)
            {
                return held;
            }

            if (tries == LockTries)
            {
                throw new IOException($"the run in {folder} is open; another process is working on it");
            }

            // Someone may only be looking whether it is open.
            Thread.Sleep(LockPause);
        }
    }
}
