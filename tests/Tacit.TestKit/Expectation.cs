using System.Reflection;
using Xunit;

namespace Tacit.TestKit;

/// <summary>An expected text in the Expectations folder of the running test project.</summary>
public static class Expectation
{
    private const string AcceptVariable = "TACIT_ACCEPT";
    private const int ShownLines = 10;

    private static readonly string Folder = Path.Combine("tests", Assembly.GetEntryAssembly()!.GetName().Name!, "Expectations");

    /// <summary>Compares a text with its file, ignoring spaces at line ends. With TACIT_ACCEPT=1, rewrites the file instead.</summary>
    /// <param name="name">The name of the file, without its extension.</param>
    /// <param name="actual">The actual text.</param>
    public static void Matches(string name, string actual)
    {
        var file = Path.Combine(Folder, name + ".txt");
        var path = Path.Combine(Repository.Root, file);
        actual = string.Join('\n', actual.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (expected != actual)
        {
            Assert.Fail(
                $"{file} holds something else, {FirstDifference(expected.Split('\n'), actual.Split('\n'))}\n"
                    + $"If the change is wanted, run the test once with {AcceptVariable}=1, which writes the file anew, and look at the difference."
            );
        }
    }

    // The lines between the common beginning and the common end of both texts.
    private static string FirstDifference(string[] expected, string[] actual)
    {
        var same = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        var last = expected[same..].Reverse().Zip(actual[same..].Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"from line {same + 1} on (-: the file, +: now):\n" + Shown('-', expected[same..^last]) + Shown('+', actual[same..^last]);
    }

    private static string Shown(char sign, string[] lines) =>
        string.Concat(lines.Take(ShownLines).Select(line => $"{sign} {line}\n"))
        + (lines.Length > ShownLines ? $"{sign} and {lines.Length - ShownLines} more lines\n" : "");
}
