namespace Tacit.Graphs.Tests.WeightFiles;

// A file that PyTorch wrote, see Golden/make.py.
internal static class GoldenFile
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "WeightFiles", "Golden", name);
}
