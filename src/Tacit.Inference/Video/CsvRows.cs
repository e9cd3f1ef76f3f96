using System.Text;

namespace Tacit.Inference.Video;

// A row of a CSV file and the line that it starts on.
internal sealed record CsvRow(int Line, IReadOnlyList<string> Fields);

// Rows as RFC 4180 has them: a field in quotes may hold commas, line ends and doubled quotes. Blank lines are passed over.
internal static class CsvRows
{
    public static IEnumerable<CsvRow> Read(ListFile file)
    {
        var (text, line, at) = (file.Text, 1, 0);
        while (at < text.Length)
        {
            var (first, fields) = (line, new List<string>());
            do
            {
                fields.Add(Field(file, text, ref at, ref line));
            } while (at < text.Length && text[at++] == ',');

            line++;
            if (fields is not [var only] || !string.IsNullOrWhiteSpace(only))
            {
                yield return new CsvRow(first, fields);
            }
        }
    }

    // Reads up to the comma or line feed behind the field, or to the end.
    private static string Field(ListFile file, string text, ref int at, ref int line)
    {
        if (at >= text.Length || text[at] != '"')
        {
            var end = text.AsSpan(at).IndexOfAny(',', '\n');
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

        for (at++; at < text.Length && text[at] is not (',' or '\n'); at++)
        {
            if (!char.IsWhiteSpace(text[at]))
            {
                throw file.Invalid(line, $"there is {text[at]} behind a closing quote; a quote within a field is doubled");
            }
        }

        return value.ToString();
    }
}
