using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tacit.Cli.Options;

/// <summary>Options of numbers in a range, whose messages name the option, the range and what was given.</summary>
internal static class Numbers
{
    /// <summary>A whole number.</summary>
    public static Option<int> Integer(string name, string[] aliases, int minimum, int maximum, int otherwise, string description)
    {
        var option = new Option<int>(name, aliases)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => otherwise,
        };
        option.CustomParser = result => Parse(result, minimum, maximum);
        return option;
    }

    /// <summary>A whole number that may be left out.</summary>
    public static Option<int?> OptionalInteger(string name, int minimum, int maximum, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.CustomParser = result => Parse(result, minimum, maximum);
        return option;
    }

    /// <summary>A number above 0 that may be left out.</summary>
    public static Option<double?> OptionalPositive(string name, string description)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = "X" };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && value > 0
                && double.IsFinite(value)
            )
            {
                return value;
            }

            result.AddError($"{name} takes a number above 0, not {text}");
            return null;
        };
        return option;
    }

    /// <summary>A size in bytes that may be left out: 250000, 250k, 1.5M (thousands and millions).</summary>
    public static Option<long?> OptionalBytes(string name, string description)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "SIZE" };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var factor = char.ToLowerInvariant(text.LastOrDefault()) switch
            {
                'k' => 1e3,
                'm' => 1e6,
                'g' => 1e9,
                _ => 1,
            };
            if (
                double.TryParse(
                    factor == 1 ? text : text[..^1],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var value
                ) && value * factor is >= 1 and < 1e15
            )
            {
                return (long)(value * factor);
            }

            result.AddError($"{name} takes a number of bytes, such as 250000, 250k or 1.5M, not {text}");
            return null;
        };
        return option;
    }

    private static int Parse(ArgumentResult result, int minimum, int maximum)
    {
        var text = result.Tokens[0].Value;
        if (
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= minimum
            && value <= maximum
        )
        {
            return value;
        }

        var name = (result.Parent as OptionResult)?.IdentifierToken?.Value ?? "the value";
        var range = maximum == int.MaxValue ? $"of at least {minimum}" : $"from {minimum} to {maximum}";
        result.AddError($"{name} takes a whole number {range}, not {text}");
        return minimum;
    }
}
