namespace Tacit.Inference;

// What lies in a folder that holds nothing of what was looked for: pictures are taken for videos, and the other way round.
internal static class FolderContents
{
    private static readonly EnumerationOptions Within = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8 };

    public static bool Has(string folder, Func<string, bool> isOfThatName) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", Within).Any(isOfThatName);
}
