using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Learning.Runs;

/// <summary>
/// The checkpoints of a run in a folder. Only the newest of each stage are kept (<see
/// cref="RunFolderOptions.CheckpointsKept"/>).
/// </summary>
/// <remarks>
/// The last checkpoints of a finished stage stay, because they contain its result. If the newest checkpoint is damaged, the one
/// before it is used. The files are named by a running number and the stage, such as 000012-synthesis.safetensors.
/// </remarks>
public sealed class CheckpointStore : ICheckpoints
{
    private readonly string _folder;
    private readonly RunFolderOptions _options;
    private readonly TimeProvider _time;
    private long _saved;

    /// <summary>Opens or creates a folder of checkpoints, and deletes temporary files left by a process that was killed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The interval and the number of checkpoints to keep.</param>
    /// <param name="time">The clock for the interval.</param>
    internal CheckpointStore(string folder, RunFolderOptions options, TimeProvider time)
    {
        _folder = folder;
        _options = options;
        _time = time;
        _saved = time.GetTimestamp();
        Directory.CreateDirectory(folder);
        foreach (var leftOver in Directory.EnumerateFiles(folder, ".*.tmp").ToList())
        {
            File.Delete(leftOver);
        }
    }

    /// <summary>
    /// Whether the checkpoint interval has elapsed since the last offer was taken, or since the store was opened. Checkpoints that are saved
    /// without being offered, such as finished parts, do not delay the next offer.
    /// </summary>
    private bool IsDue => _time.GetElapsedTime(_saved) >= _options.CheckpointInterval;

    /// <summary>The files of the checkpoints of all stages, oldest first.</summary>
    public ImmutableArray<string> Files => FilesIn(_folder);

    /// <summary>Writes a checkpoint, then deletes the older checkpoints of its stage that are no longer kept.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="IOException">The file cannot be written; existing checkpoints are unchanged.</exception>
    public void Save(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var files = Files;
        var number = files.IsEmpty ? 1 : NumberOf(files[^1])!.Value + 1;
        checkpoint.Write(Path.Combine(_folder, $"{number:D6}{Ending(checkpoint.Stage)}"));
        foreach (var old in OfStage(checkpoint.Stage).SkipLast(_options.CheckpointsKept))
        {
            File.Delete(old);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written; the earlier ones are unchanged.</exception>
    public void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(capture);
        if (IsDue || cancellation.IsCancellationRequested)
        {
            Save(capture());
            _saved = _time.GetTimestamp();
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Reads the newest readable checkpoint of all stages; null if there are no checkpoints.</summary>
    /// <exception cref="InvalidFileException">There are checkpoints, but none can be read.</exception>
    public Checkpoint? Latest() => FirstReadable(Files.Reverse());

    /// <summary>
    /// Reads the newest readable checkpoint of all stages in a folder without changing the folder; null if there are none.
    /// </summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <exception cref="InvalidFileException">There are checkpoints, but none can be read.</exception>
    internal static Checkpoint? LatestIn(string folder) => Directory.Exists(folder) ? FirstReadable(FilesIn(folder).Reverse()) : null;

    /// <summary>Reads the newest readable checkpoint of a stage; null if the stage has no checkpoints.</summary>
    /// <param name="stage">The stage.</param>
    /// <exception cref="InvalidFileException">The stage has checkpoints, but none can be read.</exception>
    public Checkpoint? Latest(string stage) => FirstReadable(OfStage(stage).Reverse());

    private static ImmutableArray<string> FilesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.safetensors").Where(file => NumberOf(file) is not null).OrderBy(NumberOf)];

    private static Checkpoint? FirstReadable(IEnumerable<string> files)
    {
        InvalidFileException? damage = null;
        foreach (var file in files)
        {
            try
            {
                return Checkpoint.Read(file);
            }
            catch (InvalidFileException e)
            {
                damage ??= e;
            }
        }

        return damage is null ? null : throw damage;
    }

    private IEnumerable<string> OfStage(string stage) => Files.Where(file => Path.GetFileName(file)[NumberDigits(file)..] == Ending(stage));

    // The stage is part of the file name, so that a damaged file still counts for its stage.
    private static string Ending(string stage) => $"-{Uri.EscapeDataString(stage)}.safetensors";

    private static int NumberDigits(string file) => Path.GetFileName(file).TakeWhile(char.IsAsciiDigit).Count();

    private static long? NumberOf(string file)
    {
        var name = Path.GetFileName(file);
        var digits = NumberDigits(file);
        return
            name.AsSpan(digits).StartsWith("-")
            && long.TryParse(name.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }
}
