namespace Tacit.Cli.Tests;

/// <summary>Text that is kept in a file under Expectations.</summary>
internal static class Expectation
{
    /// <summary>Compares but for spaces at line ends. With TACIT_ACCEPT=1 the file is written anew instead.</summary>
    public static void Matches(string name, string actual)
    {
        actual = string.Join('\n', actual.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("TACIT_ACCEPT") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, "tests", "Tacit.Cli.Tests", "Expectations", name + ".txt"), actual);
            return;
        }

        Assert.Equal(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Expectations", name + ".txt")).ReplaceLineEndings("\n"),
            actual
        );
    }
}
