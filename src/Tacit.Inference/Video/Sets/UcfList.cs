using System.Globalization;
using System.Text.RegularExpressions;

namespace Tacit.Inference.Video.Sets;

/// <summary>Reads the split lists of UCF-101.</summary>
/// <remarks>
/// A line of trainlist01.txt is "Class/v_Class_g01_c01.avi 3"; testlist01.txt omits the number; classInd.txt maps numbers to
/// classes as "3 Class". The folder determines the class; the number is only checked against classInd.txt. The class in a file
/// name may be spelt differently from its folder, as in the set itself.
/// </remarks>
internal static partial class UcfList
{
    /// <summary>Determines whether a line has the form of these lists.</summary>
    public static bool IsLine(string line) => Line().IsMatch(line);

    /// <summary>Reads the training and test lists of one fold. One of the two may be missing.</summary>
    /// <param name="folder">The folder of the lists.</param>
    /// <param name="fold">The fold, 1 to 3.</param>
    /// <exception cref="InvalidDatasetException">The folder has neither list, or a line cannot be read.</exception>
    public static IReadOnlyList<ListedVideo> ReadFolder(string folder, int fold)
    {
        string[] paths =
        [
            .. new[] { "train", "test" }.Select(part =>
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{part}list{fold:00}.txt"))
            ),
        ];
        return paths.Any(File.Exists)
            ? [.. paths.Where(File.Exists).SelectMany(path => Read(ListFile.Read(path)))]
            : throw new InvalidDatasetException($"{folder} has neither {Path.GetFileName(paths[0])} nor {Path.GetFileName(paths[1])}")
            {
                Path = folder,
            };
    }

    /// <summary>Reads one list. Its name (trainlist… or testlist…) determines the part.</summary>
    /// <exception cref="InvalidDatasetException">A line has another form, or its class number contradicts classInd.txt.</exception>
    public static IReadOnlyList<ListedVideo> Read(ListFile list)
    {
        var name = Path.GetFileName(list.Path);
        var split =
            name.StartsWith("trainlist", StringComparison.Ordinal) ? "train"
            : name.StartsWith("testlist", StringComparison.Ordinal) ? "test"
            : null;
        var classes = Classes(Path.Combine(list.Folder, "classInd.txt"));
        return [.. list.Lines.Select(line => Read(list, line.Number, line.Text, classes) with { Split = split })];
    }

    private static ListedVideo Read(ListFile list, int number, string text, Dictionary<string, string>? classes)
    {
        if (Line().Match(text) is not { Success: true } match)
        {
            throw list.Invalid(number, $"{text} is not of the form Class/v_Class_g01_c01.avi 3");
        }

        var (label, index) = (match.Groups["class"].Value, match.Groups["index"]);
        if (index.Success && classes is not null && (!classes.TryGetValue(index.Value, out var known) || known != label))
        {
            throw list.Invalid(number, $"{label} is not class {index.Value} of classInd.txt");
        }

        var file = match.Groups["file"].Value;
        return new ListedVideo(list, number, file) { Label = label, Source = VideoFolder.UcfSource(label, Path.GetFileName(file)) };
    }

    // The class names by number; null if the file does not exist.
    private static Dictionary<string, string>? Classes(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var classes = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = ListFile.Read(path);
        foreach (var (number, line) in list.Lines)
        {
            if (
                line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var index, var name]
                || !classes.TryAdd(index, name)
            )
            {
                throw list.Invalid(number, $"{line} does not give a class a number of its own");
            }
        }

        return classes;
    }

    [GeneratedRegex(
        @"^(?<file>(?<class>[^/]+)/v_[^/]+_g\d+_c\d+\.\w+)(\s+(?<index>\d+))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Line();
}
