namespace Tacit.Graphs.Tests;

/// <summary>Real networks that lie beside the repository, where they are.</summary>
internal static class SharedFiles
{
    public static string Model(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "models", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"../shared/data/models/{name} is not there");
        return "";
    }
}
