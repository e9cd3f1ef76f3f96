using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Graphs.Operators;

/// <summary>
/// A size as a polynomial of symbols with integer coefficients, such as 2*N+1. Each symbol stands for an integer of at least 1.
/// </summary>
/// <remarks>
/// A quotient that is not a polynomial becomes a symbol of the form floor((dividend)/(divisor)). The text is canonical: two expressions are
/// equal exactly when their texts are equal, and parsing the text of an expression gives the same expression. An expression can therefore
/// be stored as the symbol of a <see cref="Dimension"/>.
/// </remarks>
/// <example>
/// <code>
/// SizeExpression n = new Dimension("N");
/// Console.WriteLine(n * 2 + 1);              // 2*N+1
/// Console.WriteLine((n * 2 + 1).DivideDown(2));   // N
/// </code>
/// </example>
internal sealed class SizeExpression : IEquatable<SizeExpression>
{
    private readonly ImmutableArray<Term> _terms;
    private string? _text;

    private SizeExpression(ImmutableArray<Term> terms) => _terms = terms;

    /// <summary>Gets the value of a constant expression, or null when the expression contains a symbol.</summary>
    public long? Constant =>
        _terms.Length == 0 ? 0
        : _terms is [{ Symbols.Length: 0 } only] ? only.Factor
        : null;

    /// <summary>Gets whether a term with a symbol has a negative coefficient, so that the value may decrease as the symbol grows.</summary>
    public bool Falls => _terms.Any(term => term.Symbols.Length > 0 && term.Factor < 0);

    /// <summary>Gets the smallest possible value, which is reached when every symbol is 1; null when <see cref="Falls"/> is true.</summary>
    public long? Least => Falls ? null : _terms.Aggregate(0L, (sum, term) => checked(sum + term.Factor));

    /// <summary>Converts an integer to a constant expression.</summary>
    public static implicit operator SizeExpression(long value) => new(value == 0 ? [] : [new Term(value, [])]);

    /// <summary>Converts a dimension to an expression. The symbol of the dimension is parsed, so "2*N" gives twice the symbol N.</summary>
    public static implicit operator SizeExpression(Dimension dimension) => dimension.IsKnown ? dimension.Size : Parse(dimension.Symbol!);

    /// <summary>Adds two expressions.</summary>
    /// <exception cref="OverflowException">A coefficient exceeds 64 bits.</exception>
    public static SizeExpression operator +(SizeExpression left, SizeExpression right) => Sum(left._terms.Concat(right._terms));

    /// <summary>Subtracts an expression from another.</summary>
    /// <exception cref="OverflowException">A coefficient exceeds 64 bits.</exception>
    public static SizeExpression operator -(SizeExpression left, SizeExpression right) => left + (right * -1);

    /// <summary>Multiplies two expressions.</summary>
    /// <exception cref="OverflowException">A coefficient exceeds 64 bits.</exception>
    public static SizeExpression operator *(SizeExpression left, SizeExpression right) =>
        Sum(
            left._terms.SelectMany(a =>
                right._terms.Select(b => new Term(
                    checked(a.Factor * b.Factor),
                    [.. a.Symbols.Concat(b.Symbols).Order(StringComparer.Ordinal)]
                ))
            )
        );

    /// <summary>Divides by a positive divisor and rounds down.</summary>
    /// <remarks>
    /// Terms that the divisor divides are taken out of the quotient: (2*N+1) / 2 is N. The remainder stays in a floor symbol, unless it is
    /// a constant below the divisor.
    /// </remarks>
    /// <param name="divisor">A positive divisor.</param>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public SizeExpression DivideDown(SizeExpression divisor)
    {
        if (divisor._terms.Length == 0)
        {
            throw new DivideByZeroException();
        }

        var by = divisor._terms[0];
        if (divisor._terms.Length > 1 || (by.Symbols.Length > 0 && !_terms.All(term => term.IsDivisibleBy(by))))
        {
            return Equals(divisor) ? 1 : Quotient(this, divisor);
        }

        var whole = Sum(_terms.Where(term => term.IsDivisibleBy(by)).Select(term => term.DividedBy(by)));
        var rest = Sum(_terms.Where(term => !term.IsDivisibleBy(by)));
        if (by.Symbols.Length == 0 && rest._terms.FirstOrDefault(term => term.Symbols.Length == 0) is { } constant)
        {
            // Bring the constant of the remainder into the range from 0 to divisor - 1, so that equal quotients have equal texts.
            var down = (long)Math.Floor((decimal)constant.Factor / by.Factor);
            whole += down;
            rest -= down * by.Factor;
        }

        return rest._terms.Length == 0 || (rest.Constant is { } left && left < by.Factor) ? whole : whole + Quotient(rest, divisor);
    }

    /// <summary>Divides by a positive divisor and rounds up.</summary>
    /// <param name="divisor">A positive divisor.</param>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public SizeExpression DivideUp(SizeExpression divisor) => (this + divisor - 1).DivideDown(divisor);

    /// <summary>
    /// Converts the expression to a dimension: a known size when it is constant, otherwise a symbol with the text of the expression.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The expression is a negative constant.</exception>
    public Dimension ToDimension() => Constant is { } size ? new Dimension(size) : new Dimension(ToString());

    /// <summary>Determines whether two expressions have the same canonical text.</summary>
    public bool Equals(SizeExpression? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SizeExpression);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _text ??= Format(_terms);

    private static SizeExpression Sum(IEnumerable<Term> terms) =>
        new([
            .. terms
                .GroupBy(term => term.Key, StringComparer.Ordinal)
                .Select(like => like.First() with { Factor = like.Aggregate(0L, (sum, term) => checked(sum + term.Factor)) })
                .Where(term => term.Factor != 0)
                .OrderBy(term => term.Symbols.Length == 0)
                .ThenBy(term => term.Key, StringComparer.Ordinal),
        ]);

    private static SizeExpression Symbol(string name) => new([new Term(1, [name])]);

    private static SizeExpression Quotient(SizeExpression dividend, SizeExpression divisor) => Symbol($"floor(({dividend})/({divisor}))");

    private static string Format(ImmutableArray<Term> terms) =>
        terms switch
        {
            [] => "0",
            [{ Factor: 1, Symbols: [var name] }] => name,
            _ => string.Concat(terms.Select((term, index) => (term.Factor >= 0 && index > 0 ? "+" : "") + term)),
        };

    // A text that is not canonical becomes a single symbol.
    private static SizeExpression Parse(string text)
    {
        var terms = SizeText
            .Split(text, "+-")
            .Select(part => part.Length > 1 && part[0] == '+' ? part[1..] : part)
            .Select(Term.Parse)
            .ToList();
        if (terms.Any(term => term is null))
        {
            return Symbol(text);
        }

        var expression = Sum(terms.OfType<Term>());
        return expression.Constant is null && expression.ToString() == text ? expression : Symbol(text);
    }

    private sealed record Term(long Factor, ImmutableArray<string> Symbols)
    {
        public string Key => string.Join('*', Symbols.Select(SizeText.Quote));

        public static Term? Parse(string text)
        {
            var sign = text.StartsWith('-') ? -1 : 1;
            var factors = SizeText.Split(sign < 0 ? text[1..] : text, "*").Select(factor => factor.TrimStart('*')).ToList();
            if (factors.Any(factor => factor.Length == 0))
            {
                return null;
            }

            var hasNumber = long.TryParse(factors[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var symbols = factors.Skip(hasNumber ? 1 : 0).Select(SizeText.Unquote).Order(StringComparer.Ordinal);
            return new Term(hasNumber ? sign * number : sign, [.. symbols]);
        }

        public bool IsDivisibleBy(Term other) =>
            Factor % other.Factor == 0
            && other.Symbols.GroupBy(name => name).All(same => Symbols.Count(name => name == same.Key) >= same.Count());

        public Term DividedBy(Term other)
        {
            var symbols = Symbols;
            foreach (var symbol in other.Symbols)
            {
                symbols = symbols.Remove(symbol);
            }

            return new Term(Factor / other.Factor, symbols);
        }

        /// <inheritdoc/>
        public override string ToString() =>
            Symbols.Length == 0
                ? Factor.ToString(CultureInfo.InvariantCulture)
                : Factor switch
                {
                    1 => Key,
                    -1 => "-" + Key,
                    _ => $"{Factor.ToString(CultureInfo.InvariantCulture)}*{Key}",
                };
    }
}
