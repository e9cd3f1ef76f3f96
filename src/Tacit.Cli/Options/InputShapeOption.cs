using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Graphs;

namespace Tacit.Cli.Options;

/// <summary>--input-shape: the sizes of the network's input, where its file leaves them open.</summary>
internal sealed class InputShapeOption
{
    private readonly Option<Shape?> _shape = new("--input-shape")
    {
        Description = "Shape of the network's input if the file leaves sizes open, such as 1x3x224x224 or Nx3x224x224.",
        HelpName = "NxCxHxW",
        CustomParser = Parse,
    };

    public InputShapeOption(Command command) => command.Add(_shape);

    /// <summary>The shape by the name of the network's input; null where the option was not given.</summary>
    /// <exception cref="UsageException">The network has several inputs, or its own sizes differ.</exception>
    public IReadOnlyDictionary<string, Shape>? Resolve(ParseResult parsed, Graph graph)
    {
        return parsed.GetValue(_shape) is { } shape ? Of(shape, graph) : null;
    }

    /// <summary>The option's text, such as "1x3x32x32"; null where it was not given.</summary>
    public string? Text(ParseResult parsed) => parsed.GetResult(_shape)?.Tokens is [var token] ? token.Value : null;

    /// <summary>The shape by the name of the network's input, from the option's text.</summary>
    /// <exception cref="UsageException">It does not fit the network.</exception>
    public static IReadOnlyDictionary<string, Shape> Of(string text, Graph graph) =>
        Of(Read(text) ?? throw new UsageException(Wrong(text)), graph);

    private static Dictionary<string, Shape> Of(Shape shape, Graph graph)
    {
        if (graph.Inputs is not [var input])
        {
            throw new UsageException($"--input-shape is for networks of one input, this one has {graph.Inputs.Length}");
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
