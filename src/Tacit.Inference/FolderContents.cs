namespace Tacit.Inference;

/// <summary>
/// Looks for files of another kind in a folder, so that an error message can say that videos were given instead of images, or
/// the reverse.
/// </summary>
internal static class FolderContents
{
    private static readonly EnumerationOptions Within = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8 };

    /// <summary>Determines whether a folder contains a file, at most 8 levels deep, whose path satisfies a condition.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="isOfThatName">The condition.</param>
    public static bool Has(string folder, Func<string, bool> isOfThatName) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", Within).Any(isOfThatName);
}
