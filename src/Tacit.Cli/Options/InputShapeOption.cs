using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Graphs;

namespace Tacit.Cli.Options;

/// <summary>The option --input-shape, which sets sizes of the network's input that its file leaves open.</summary>
/// <example><c>--input-shape 1x3x224x224</c>, or <c>Nx3x224x224</c> with a variable batch size.</example>
internal sealed class InputShapeOption
{
    private readonly Option<Shape?> _shape = new("--input-shape")
    {
        Description = "Shape of the network's input if the file leaves sizes open, such as 1x3x224x224 or Nx3x224x224.",
        HelpName = "NxCxHxW",
        CustomParser = Parse,
    };

    /// <summary>Adds the option to a command.</summary>
    public InputShapeOption(Command command) => command.Add(_shape);

    /// <summary>Returns the shape by the name of the network's input; null if the option is not given.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="inputs">The inputs of the network.</param>
    /// <exception cref="UsageException">The network has several inputs, or its own sizes differ.</exception>
    public IReadOnlyDictionary<string, Shape>? Resolve(ParseResult parsed, IReadOnlyList<Value> inputs) =>
        parsed.GetValue(_shape) is { } shape ? Of(shape, inputs) : null;

    /// <summary>Returns the text of the option, for example "1x3x32x32"; null if it is not given. A run stores it.</summary>
    public string? Text(ParseResult parsed) => parsed.GetResult(_shape)?.Tokens is [var token] ? token.Value : null;

    /// <summary>Returns the shape by the name of the network's input, from the text of the option.</summary>
    /// <param name="text">The text, for example "1x3x32x32".</param>
    /// <param name="inputs">The inputs of the network.</param>
    /// <exception cref="UsageException">The text is not a shape, or the shape does not match the network.</exception>
    public static IReadOnlyDictionary<string, Shape> Of(string text, IReadOnlyList<Value> inputs) =>
        Of(Read(text) ?? throw new UsageException(Wrong(text)), inputs);

    private static Dictionary<string, Shape> Of(Shape shape, IReadOnlyList<Value> inputs)
    {
        if (inputs is not [var input])
        {
            throw new UsageException($"--input-shape is for networks of one input, this one has {inputs.Count}");
        }

        var own = input.Type.Shape;
        var fits =
            own.Rank == shape.Rank && own.Zip(shape).All(pair => !pair.First.IsKnown || !pair.Second.IsKnown || pair.First == pair.Second);
        return fits
            ? new Dictionary<string, Shape>(StringComparer.Ordinal) { [input.Name] = shape }
            : throw new UsageException($"--input-shape {shape} does not fit the network's input {input.Name}: {own}");
    }

    private static Shape? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Read(text) is { } shape)
        {
            return shape;
        }

        result.AddError(Wrong(text));
        return null;
    }

    /// <summary>Parses sizes that are separated by "x" or ",". The first one can be a symbol. Returns null for other text.</summary>
    private static Shape? Read(string text)
    {
        var parts = text.Split('x', ',');
        var dimensions = new Dimension[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= 1 << 24)
            {
                dimensions[i] = size;
            }
            else if (i == 0 && parts[i].Length > 0 && char.IsAsciiLetter(parts[i][0]))
            {
                dimensions[i] = parts[i];
            }
            else
            {
                return null;
            }
        }

        return new Shape(dimensions);
    }

    private static string Wrong(string text) => $"--input-shape takes sizes joined by x, such as 1x3x224x224, not {text}";
}
