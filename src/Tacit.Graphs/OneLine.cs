namespace Tacit.Graphs;

/// <summary>Brings text from files, such as the names in them, to the one line that a message has.</summary>
public static class OneLine
{
    /// <summary>Replaces white space with spaces and other control characters with "?".</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The number of characters after which the text is cut off with "…". Default: the text is not cut.</param>
    public static string Of(string text, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = string.Concat(
            text.Take(most)
                .Select(character =>
                    !char.IsControl(character) ? character
                    : char.IsWhiteSpace(character) ? ' '
                    : '?'
                )
        );
        return text.Length > most ? line + "…" : line;
    }
}
