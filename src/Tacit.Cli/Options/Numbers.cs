using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tacit.Cli.Options;

/// <summary>Creates options for numbers within a range. Error messages state the option, the range and the given text.</summary>
internal static class Numbers
{
    /// <summary>Creates an option for an integer with a default.</summary>
    /// <param name="name">The name, for example "--seed".</param>
    /// <param name="aliases">Other names.</param>
    /// <param name="minimum">The smallest accepted value.</param>
    /// <param name="maximum">The largest accepted value; <see cref="int.MaxValue"/> for no limit.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="description">The description in the help.</param>
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

    /// <summary>Creates an option for an integer. Its value is null if it is not given.</summary>
    /// <param name="name">The name.</param>
    /// <param name="minimum">The smallest accepted value.</param>
    /// <param name="maximum">The largest accepted value.</param>
    /// <param name="description">The description in the help.</param>
    public static Option<int?> OptionalInteger(string name, int minimum, int maximum, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.CustomParser = result => Parse(result, minimum, maximum);
        return option;
    }

    /// <summary>Creates an option for a finite number above 0. Its value is null if it is not given.</summary>
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

    /// <summary>Creates an option for a number of bytes. Its value is null if it is not given.</summary>
    /// <remarks>
    /// The suffixes k, M and G, in either case, multiply by 10³, 10⁶ and 10⁹: 250000, 250k, 1.5M. Fractions of a byte are cut off.
    /// </remarks>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">The description in the help.</param>
    /// <param name="minimum">The smallest number of bytes. Default 1.</param>
    public static Option<long?> OptionalBytes(string name, string description, long minimum = 1)
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
                )
                && value * factor is < 1e15 and var bytes
                && bytes >= minimum
            )
            {
                return (long)bytes;
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
