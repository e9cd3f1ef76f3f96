using System.Globalization;

namespace Tacit.Graphs.Tests.Operators;

/// <summary>Evaluates the text of a symbolic size by recursive descent: sums, products, brackets, floor(…/…).</summary>
internal sealed class SymbolicSize
{
    private readonly string _text;
    private readonly IReadOnlyDictionary<string, long> _symbols;
    private int _at;

    private SymbolicSize(string text, IReadOnlyDictionary<string, long> symbols) => (_text, _symbols) = (text, symbols);

    public static long Evaluate(Dimension dimension, IReadOnlyDictionary<string, long> symbols)
    {
        var reader = new SymbolicSize(dimension.ToString(), symbols);
        var value = reader.Sum();
        Assert.Equal(reader._text.Length, reader._at);
        return value;
    }

    public static long[] Evaluate(Shape shape, IReadOnlyDictionary<string, long> symbols) =>
        [.. shape.Select(size => Evaluate(size, symbols))];

    private bool Take(string token)
    {
        var found = string.CompareOrdinal(_text, _at, token, 0, token.Length) == 0;
        _at += found ? token.Length : 0;
        return found;
    }

    private long Sum()
    {
        var sum = Take("-") ? -Product() : Product();
        while (true)
        {
            if (Take("+"))
            {
                sum += Product();
            }
            else if (Take("-"))
            {
                sum -= Product();
            }
            else
            {
                return sum;
            }
        }
    }

    private long Product()
    {
        var product = Factor();
        while (Take("*"))
        {
            product *= Factor();
        }

        return product;
    }

    private long Factor()
    {
        if (Take("floor("))
        {
            var dividend = Factor();
            Assert.True(Take("/"));
            var divisor = Factor();
            Assert.True(Take(")"));
            return (long)Math.Floor((decimal)dividend / divisor);
        }

        if (Take("("))
        {
            var inner = Sum();
            Assert.True(Take(")"));
            return inner;
        }

        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        var word = _text[start.._at];
        return long.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : _symbols[word];
    }
}
