using Tacit.Learning.Runs;

namespace Tacit.Cli.Hosting;

/// <summary>Makes room for a run: an earlier one is removed where that is wanted, and nothing else ever.</summary>
internal static class RunClearing
{
    /// <summary>Whether a run may begin in a folder.</summary>
    /// <param name="kind">What kind of run.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="force">Whether an earlier run may be removed.</param>
    /// <exception cref="UsageException">It holds something that must stay.</exception>
    public static void Check<T>(RunKind<T> kind, string folder, bool force)
        where T : RunRequest
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
                throw new UsageException($"{folder} exists and is not a run; choose another folder with {kind.FolderOption}");
            }

            return;
        }

        if (!force)
        {
            throw new UsageException(
                $"{folder} contains a run; resume it with --resume {Files.Quoted(folder)}, start again with --force, or choose another folder with {kind.FolderOption}"
            );
        }

        using (RunFolder.Open(folder))
        {
            // Nobody else works on it.
        }

        if (RunFolder.Others(folder, kind.Files).FirstOrDefault() is { } other)
        {
            throw new UsageException($"{folder} contains {other} besides a run; choose another folder with {kind.FolderOption}");
        }
    }

    /// <summary>Removes an earlier run, if there is one that may be removed.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Clear<T>(RunKind<T> kind, string folder, bool force)
        where T : RunRequest
    {
        Check(kind, folder, force);
        RunFolder.Clear(folder, kind.Files);
    }
}
