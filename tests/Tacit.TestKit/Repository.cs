namespace Tacit.TestKit;

/// <summary>Paths in the repository from which the tests run.</summary>
public static class Repository
{
    /// <summary>The folder of <c>Tacit.slnx</c>.</summary>
    /// <exception cref="InvalidOperationException">The tests do not run from inside the repository.</exception>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tacit.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run from the repository's artifacts folder");
    }
}
