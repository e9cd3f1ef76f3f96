using System.Text;

namespace Tacit.Inference.Video.Sets;

/// <summary>A row of a CSV file.</summary>
/// <param name="Line">
/// The number of the line on which the row starts, from 1. A quoted field may contain line breaks, so a row can span several
/// lines.
/// </param>
/// <param name="Fields">The fields from left to right, without their quotes.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Fields);

/// <summary>
/// Reads CSV as defined by RFC 4180: a quoted field may contain separators, line breaks and doubled quotes. Blank lines are
/// skipped, and white space around unquoted fields is removed. The separator is a comma, a semicolon or a tab, whichever the
/// first line has most of.
/// </summary>
internal static class CsvRows
{
    /// <summary>The characters that separate fields.</summary>
    public static readonly char[] Separators = [',', ';', '\t'];

    /// <summary>Splits a heading into its names, without quotes.</summary>
    public static string[] Heading(string line) => [.. line.Split(SeparatorOf(line)).Select(name => name.Trim().Trim('"'))];

    /// <summary>Enumerates the rows of a file, including the heading.</summary>
    /// <param name="file">The text to parse.</param>
    /// <returns>The rows in file order. They are parsed while they are enumerated.</returns>
    /// <exception cref="InvalidDatasetException">
    /// A quote is never closed, or text follows a closing quote. The exception is thrown during enumeration.
    /// </exception>
    public static IEnumerable<CsvRow> Read(ListFile file)
    {
        var (text, line, at) = (file.Text, 1, 0);
        var separator = SeparatorOf(file.Lines.FirstOrDefault().Text ?? "");
        while (at < text.Length)
        {
            var (first, fields) = (line, new List<string>());
            do
            {
                fields.Add(Field(file, text, separator, ref at, ref line));
            } while (at < text.Length && text[at++] == separator);

            line++;
            if (fields is not [var only] || !string.IsNullOrWhiteSpace(only))
            {
                yield return new CsvRow(first, fields);
            }
        }
    }

    // Reads a field and stops at the separator or line feed that follows it, or at the end of the text.
    private static string Field(ListFile file, string text, char separator, ref int at, ref int line)
    {
        if (at >= text.Length || text[at] != '"')
        {
            var end = text.AsSpan(at).IndexOfAny(separator, '\n');
            end = end < 0 ? text.Length : at + end;
            var plain = text[at..end].Trim();
            at = end;
            return plain;
        }

        var (start, value) = (line, new StringBuilder());
        for (at++; ; at++)
        {
            if (at >= text.Length)
            {
                throw file.Invalid(start, "a quote is opened and never closed");
            }

            if (text[at] != '"')
            {
                line += text[at] == '\n' ? 1 : 0;
                value.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                value.Append(text[at++]);
            }
            else
            {
                break;
            }
        }

        for (at++; at < text.Length && text[at] != separator && text[at] != '\n'; at++)
        {
            if (!char.IsWhiteSpace(text[at]))
            {
                throw file.Invalid(line, $"there is {text[at]} after a closing quote; double a quote within a field");
            }
        }

        return value.ToString();
    }

    private static char SeparatorOf(string line) => Separators.MaxBy(separator => line.Count(character => character == separator));
}
