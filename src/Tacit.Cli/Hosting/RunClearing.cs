using Tacit.Learning.Runs;

namespace Tacit.Cli.Hosting;

/// <summary>Removes an earlier run from a folder if the user wants this. Other files are never removed.</summary>
internal static class RunClearing
{
    /// <summary>Verifies that a run can begin in a folder.</summary>
    /// <typeparam name="T">The type of the run's request.</typeparam>
    /// <param name="kind">The kind of run.</param>
    /// <param name="folder">The folder. It does not have to exist.</param>
    /// <param name="force">Whether an earlier run may be removed.</param>
    /// <exception cref="UsageException">
    /// The folder holds other files, or an earlier run and <paramref name="force"/> is false.
    /// </exception>
    /// <exception cref="IOException">Another process is working on the run in the folder.</exception>
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
            // Opening the folder verifies that no other process works on the run.
        }

        if (RunFolder.Others(folder, kind.Files).FirstOrDefault() is { } other)
        {
            throw new UsageException($"{folder} contains {other} besides a run; choose another folder with {kind.FolderOption}");
        }
    }

    /// <summary>Removes the earlier run from a folder after the same checks. Does nothing if there is none.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Clear<T>(RunKind<T> kind, string folder, bool force)
        where T : RunRequest
    {
        Check(kind, folder, force);
        RunFolder.Clear(folder, kind.Files);
    }
}
