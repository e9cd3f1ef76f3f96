using Tacit.Learning.Training;

namespace Tacit.Cli.CommandLine;

/// <summary>Makes room for a run: an earlier one is removed where that is wanted, and nothing else ever.</summary>
internal static class RunClearing
{
    private const string CheckpointsName = "checkpoints";
    private const string DescriptionName = "run.json";

    private static readonly string[] OfEveryRun = ["metrics.jsonl", ".lock", DescriptionName];

    /// <summary>Whether a run may begin in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="force">Whether an earlier run may be removed.</param>
    /// <param name="option">The option that names another folder.</param>
    /// <param name="ownFiles">The files that the command leaves beside those of every run.</param>
    /// <exception cref="UsageException">It holds something that must stay.</exception>
    public static void Check(string folder, bool force, string option, IReadOnlyCollection<string> ownFiles)
    {
        if (!RunFolder.Exists(folder))
        {
            if (
                File.Exists(folder)
                || (
                    Directory.Exists(folder)
                    && Directory.EnumerateFileSystemEntries(folder).Any(entry => !RunFolder.IsLeftOver(Path.GetFileName(entry)))
                )
            )
            {
                throw new UsageException($"{folder} exists and is no run; name another folder with {option}");
            }

            return;
        }

        if (!force)
        {
            throw new UsageException(
                $"{folder} holds a run; go on with --resume {Files.Quoted(folder)}, give --force to begin anew, or name another folder with {option}"
            );
        }

        using (RunFolder.Open(folder))
        {
            // Nobody else works on it.
        }

        string[] known = [.. OfEveryRun, .. ownFiles, CheckpointsName];
        if (
            Directory
                .EnumerateFileSystemEntries(folder)
                .FirstOrDefault(entry => !known.Contains(Path.GetFileName(entry)) && !RunFolder.IsLeftOver(Path.GetFileName(entry))) is
            { } other
        )
        {
            throw new UsageException($"{folder} holds {Path.GetFileName(other)} beside a run; name another folder with {option}");
        }
    }

    /// <summary>Removes an earlier run, if there is one that may be removed.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Clear(string folder, bool force, string option, IReadOnlyCollection<string> ownFiles)
    {
        Check(folder, force, option, ownFiles);
        if (!RunFolder.Exists(folder))
        {
            return;
        }

        if (Directory.Exists(Path.Combine(folder, CheckpointsName)))
        {
            Directory.Delete(Path.Combine(folder, CheckpointsName), recursive: true);
        }

        foreach (var leftOver in Directory.EnumerateFiles(folder, ".*.tmp").ToList())
        {
            File.Delete(leftOver);
        }

        // run.json goes last: until then the folder is known to hold a run.
        foreach (var name in ownFiles.Concat(OfEveryRun))
        {
            File.Delete(Path.Combine(folder, name));
        }
    }
}
