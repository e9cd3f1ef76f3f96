using System.Text.RegularExpressions;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// HMDB-51's lists, one to an action and fold: "name.avi 1" in wave_test_split1.txt is wave/name.avi, of the training part;
// 2 is the test part, 0 neither: left out.
internal static partial class HmdbList
{
    // The action and the fold that the name of a list tells; null where it is none.
    public static (string Action, string Fold)? NameOf(string path) =>
        ListName().Match(Path.GetFileName(path)) is { Success: true } match
            ? (match.Groups["action"].Value, match.Groups["fold"].Value)
            : null;

    public static IReadOnlyList<ListedVideo> ReadFolder(string folder, int fold)
    {
        var paths = Directory
            .EnumerateFiles(folder, "*.txt")
            .Where(path => NameOf(path)?.Fold == $"{fold}")
            .Order(StringComparer.Ordinal)
            .ToList();
        return paths.Count > 0
            ? [.. paths.SelectMany(path => Read(ListFile.Read(path)))]
            : throw new InvalidDatasetException($"{folder} has no list named ACTION_test_split{fold}.txt") { Path = folder };
    }

    public static IReadOnlyList<ListedVideo> Read(ListFile list)
    {
        var action =
            NameOf(list.Path)?.Action
            ?? throw new InvalidDatasetException($"{list.Path} is not named ACTION_test_split1.txt, as lists of HMDB-51 are")
            {
                Path = list.Path,
            };
        return [.. list.Lines.Select(line => Read(list, line.Number, line.Text, action)).OfType<ListedVideo>()];
    }

    private static ListedVideo? Read(ListFile list, int number, string text, string action)
    {
        var cut = text.LastIndexOfAny([' ', '\t']);
        var file = cut < 0 ? "" : text[..cut].TrimEnd();
        if (file.Length == 0 || text[(cut + 1)..] is not ("0" or "1" or "2"))
        {
            throw list.Invalid(number, $"{text} is not the name of a video and 0, 1 or 2");
        }

        // Clips of one film carry its name before the action's, and are alike whatever the action.
        var film = file.IndexOf($"_{action}_", StringComparison.Ordinal);
        return text[^1] == '0'
            ? null
            : new ListedVideo(list, number, $"{action}/{file}")
            {
                Label = action,
                Source = film > 0 ? file[..film] : null,
                Split = text[^1] == '1' ? "train" : "test",
            };
    }

    [GeneratedRegex(
        @"^(?<action>.+)_test_split(?<fold>\d+)\.txt$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ListName();
}
