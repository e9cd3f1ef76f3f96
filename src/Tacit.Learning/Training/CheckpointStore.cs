using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Learning.Training;

/// <summary>The checkpoints of a run, newest last; older ones are deleted.</summary>
public sealed class CheckpointStore
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
    public ImmutableArray<string> Files =>
    [
        .. Directory.EnumerateFiles(_folder, "*.safetensors")
            .Where(file => NumberOf(file) is not null)
            .OrderBy(NumberOf),
    ];

    /// <summary>Writes a checkpoint, as a whole or not at all, then deletes those that are too many.</summary>
    /// <exception cref="IOException">The file cannot be written; the earlier ones are unchanged.</exception>
    public void Save(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var files = Files;
        var number = files.IsEmpty ? 1 : NumberOf(files[^1])!.Value + 1;
        checkpoint.Write(Path.Combine(_folder, $"{number:D6}.safetensors"));
        foreach (var old in files.SkipLast(_options.CheckpointsKept - 1))
        {
            File.Delete(old);
        }

        _saved = _time.GetTimestamp();
    }

    /// <summary>The newest checkpoint that can be read; null where none was saved.</summary>
    /// <exception cref="InvalidFileException">There are checkpoints, and none can be read.</exception>
    public Checkpoint? Latest()
    {
        InvalidFileException? damage = null;
        foreach (var file in Files.Reverse())
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

    private static long? NumberOf(string file) =>
        long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
