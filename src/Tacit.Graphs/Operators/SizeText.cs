namespace Tacit.Graphs.Operators;

/// <summary>The text form of size expressions: terms and factors outside brackets, and names in brackets where they need them.</summary>
internal static class SizeText
{
    /// <summary>The parts of a text, cut before each of the given signs that lies outside brackets; the sign stays with its part.</summary>
    public static IEnumerable<string> Split(string text, string signs)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (i > start && depth == 0 && signs.Contains(text[i], StringComparison.Ordinal))
            {
                yield return text[start..i];
                start = i;
            }
        }

        yield return text[start..];
    }

    /// <summary>A symbol as it stands in a product: in brackets where it would read as something else.</summary>
    public static string Quote(string symbol) => IsPlain(symbol) ? symbol : $"({symbol})";

    /// <summary>The symbol that <see cref="Quote"/> wrote.</summary>
    public static string Unquote(string text) => text is ['(', .. var inner, ')'] && !IsPlain(inner) ? inner : text;

    private static bool IsPlain(string symbol) =>
        symbol.StartsWith("floor(", StringComparison.Ordinal) && symbol.EndsWith(')')
            ? Split(symbol, "+-*").Take(2).Count() == 1
            : !(symbol.AsSpan().ContainsAny("+-*()") || char.IsAsciiDigit(symbol[0]));
}
