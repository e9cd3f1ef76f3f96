using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Graphs.Operators;

/// <summary>A size as a polynomial of symbols, such as 2*N+1. Symbols stand for whole numbers of at least 1.</summary>
/// <remarks>
/// What has no polynomial is one more symbol, floor(…/…). The text is canonical: two expressions are equal when their texts are,
/// and reading the text of an expression gives the expression again, so that it can travel as the symbol of a <see cref="Dimension"/>.
/// </remarks>
internal sealed class SizeExpression : IEquatable<SizeExpression>
{
    private readonly ImmutableArray<Term> _terms;
    private string? _text;

    private SizeExpression(ImmutableArray<Term> terms) => _terms = terms;

    /// <summary>The value, where it is a number.</summary>
    public long? Constant =>
        _terms.Length == 0 ? 0
        : _terms is [{ Symbols.Length: 0 } only] ? only.Factor
        : null;

    /// <summary>Whether it falls as a symbol grows.</summary>
    public bool Falls => _terms.Any(term => term.Symbols.Length > 0 && term.Factor < 0);

    /// <summary>The least that it can be, where every symbol is 1; null where it falls.</summary>
    public long? Least => Falls ? null : _terms.Aggregate(0L, (sum, term) => checked(sum + term.Factor));

    public static implicit operator SizeExpression(long value) => new(value == 0 ? [] : [new Term(value, [])]);

    public static implicit operator SizeExpression(Dimension dimension) => dimension.IsKnown ? dimension.Size : Parse(dimension.Symbol!);

    public static SizeExpression operator +(SizeExpression left, SizeExpression right) => Sum(left._terms.Concat(right._terms));

    public static SizeExpression operator -(SizeExpression left, SizeExpression right) => left + (right * -1);

    public static SizeExpression operator *(SizeExpression left, SizeExpression right) =>
        Sum(
            left._terms.SelectMany(a =>
                right._terms.Select(b => new Term(
                    checked(a.Factor * b.Factor),
                    [.. a.Symbols.Concat(b.Symbols).Order(StringComparer.Ordinal)]
                ))
            )
        );

    /// <summary>The quotient rounded down, for a positive divisor.</summary>
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
            // The constant of what remains is brought between 0 and the divisor, so that equal quotients have equal texts.
            var down = (long)Math.Floor((decimal)constant.Factor / by.Factor);
            whole += down;
            rest -= down * by.Factor;
        }

        return rest._terms.Length == 0 || (rest.Constant is { } left && left < by.Factor) ? whole : whole + Quotient(rest, divisor);
    }

    /// <summary>The quotient rounded up, for a positive divisor.</summary>
    public SizeExpression DivideUp(SizeExpression divisor) => (this + divisor - 1).DivideDown(divisor);

    /// <summary>The size as a dimension.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is a negative number.</exception>
    public Dimension ToDimension() => Constant is { } size ? new Dimension(size) : new Dimension(ToString());

    public bool Equals(SizeExpression? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as SizeExpression);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

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

    // A text that is not the canonical one of an expression is a symbol as a whole.
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
