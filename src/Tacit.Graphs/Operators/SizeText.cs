namespace Tacit.Graphs.Operators;

/// <summary>Splits and quotes the text of a <see cref="SizeExpression"/>.</summary>
/// <remarks>
/// A symbol whose name contains an operator, parenthesis or leading digit is written in parentheses. Signs inside parentheses do not
/// separate terms or factors.
/// </remarks>
internal static class SizeText
{
    /// <summary>Splits a text before each of the given signs that is outside parentheses.</summary>
    /// <param name="text">The text, such as "2*N-(a+b)".</param>
    /// <param name="signs">The characters to split at, such as "+-".</param>
    /// <returns>The parts in order. Each part starts with its sign, except for the first part when it has none.</returns>
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

    /// <summary>Returns a symbol as a factor of a product, in parentheses when it would otherwise be parsed differently.</summary>
    /// <param name="symbol">The name of the symbol, which is not empty.</param>
    public static string Quote(string symbol) => IsPlain(symbol) ? symbol : $"({symbol})";

    /// <summary>Reverses <see cref="Quote"/>.</summary>
    public static string Unquote(string text) => text is ['(', .. var inner, ')'] && !IsPlain(inner) ? inner : text;

    private static bool IsPlain(string symbol) =>
        symbol.StartsWith("floor(", StringComparison.Ordinal) && symbol.EndsWith(')')
            ? Split(symbol, "+-*").Take(2).Count() == 1
            : !(symbol.AsSpan().ContainsAny("+-*()") || char.IsAsciiDigit(symbol[0]));
}
