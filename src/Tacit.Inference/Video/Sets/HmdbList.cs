using System.Text.RegularExpressions;

namespace Tacit.Inference.Video.Sets;

/// <summary>Reads the split lists of HMDB-51. There is one list for each action and fold.</summary>
/// <remarks>
/// A line "name.avi 1" of wave_test_split1.txt refers to the video wave/name.avi. The number is the part: 1 for training, 2 for
/// test, 0 for neither; videos with 0 are left out. The source of a video is the film that it was cut from, which the name
/// states before the action.
/// </remarks>
internal static partial class HmdbList
{
    /// <summary>
    /// Extracts the action and the fold from the file name of a list. Returns null if the name does not have the form
    /// ACTION_test_splitN.txt.
    /// </summary>
    public static (string Action, string Fold)? NameOf(string path) =>
        ListName().Match(Path.GetFileName(path)) is { Success: true } match
            ? (match.Groups["action"].Value, match.Groups["fold"].Value)
            : null;

    /// <summary>Reads the lists of all actions of one fold.</summary>
    /// <param name="folder">The folder of the lists.</param>
    /// <param name="fold">The fold, 1 to 3.</param>
    /// <exception cref="InvalidDatasetException">The folder has no list of this fold, or a list cannot be read.</exception>
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

    /// <summary>Reads the list of one action. Its name states the action.</summary>
    /// <exception cref="InvalidDatasetException">The name or a line does not have the form of HMDB-51.</exception>
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
            throw list.Invalid(number, $"{text} is not the name of a video followed by 0, 1 or 2");
        }

        // The name of a clip is that of its film, then the action. Clips of one film resemble each other.
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
