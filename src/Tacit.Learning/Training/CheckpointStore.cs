using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Learning.Training;

/// <summary>The checkpoints of a run on disk, newest last; of each stage the older ones are deleted.</summary>
/// <remarks>
/// The last checkpoints of a stage that is over stay, because they hold its result. One that is damaged gives way to the one
/// before it.
/// </remarks>
public sealed class CheckpointStore : ICheckpoints
{
    private readonly string _folder;
    private readonly RunFolderOptions _options;
    private readonly TimeProvider _time;
    private long _saved;

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

    /// <summary>Whether the time between checkpoints has passed since the last one, or since the run was opened.</summary>
    public bool IsDue => _time.GetElapsedTime(_saved) >= _options.CheckpointInterval;

    /// <summary>The files, oldest first.</summary>
    public ImmutableArray<string> Files => FilesIn(_folder);

    /// <summary>Writes a checkpoint, as a whole or not at all, then deletes those of its stage that are too many.</summary>
    /// <exception cref="IOException">The file cannot be written; the earlier ones are unchanged.</exception>
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

        _saved = _time.GetTimestamp();
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written; the earlier ones are unchanged.</exception>
    public void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(capture);
        if (IsDue || cancellation.IsCancellationRequested)
        {
            Save(capture());
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>The newest checkpoint of all stages that can be read; null where none was saved.</summary>
    /// <exception cref="InvalidFileException">There are checkpoints, and none can be read.</exception>
    public Checkpoint? Latest() => FirstReadable(Files.Reverse());

    /// <summary>The newest checkpoint of all stages in a folder that can be read, which is left as it is; null where there is none.</summary>
    /// <exception cref="InvalidFileException">There are checkpoints, and none can be read.</exception>
    internal static Checkpoint? LatestIn(string folder) => Directory.Exists(folder) ? FirstReadable(FilesIn(folder).Reverse()) : null;

    /// <summary>The newest checkpoint of a stage that can be read; null where none was saved.</summary>
    /// <exception cref="InvalidFileException">There are checkpoints of the stage, and none can be read.</exception>
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

    // Stages are told apart by the names of the files, so that a damaged file is still known to be of its stage.
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
