using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Cli.CommandLine;

/// <summary>--input-shape: the sizes of the network's input, where its file leaves them open.</summary>
internal sealed class InputShapeOption
{
    private readonly Option<Shape?> _shape = new("--input-shape")
    {
        Description = "Shape of the network's input where its file leaves sizes open, such as 1x3x224x224 or Nx3x224x224.",
        HelpName = "NxCxHxW",
        CustomParser = Parse,
    };

    public InputShapeOption(Command command) => command.Add(_shape);

    /// <summary>The shape by the name of the network's input; null where the option was not given.</summary>
    /// <exception cref="UsageException">The network has several inputs, or its own sizes differ.</exception>
    public IReadOnlyDictionary<string, Shape>? Resolve(ParseResult parsed, Graph graph)
    {
        if (parsed.GetValue(_shape) is not { } shape)
        {
            return null;
        }

        if (graph.Inputs is not [var input])
        {
            throw new UsageException($"--input-shape is for networks of one input, this one has {graph.Inputs.Length}");
        }

        var own = input.Type.Shape;
        var fits = own.Rank == shape.Rank && own.Zip(shape).All(pair => !pair.First.IsKnown || !pair.Second.IsKnown || pair.First == pair.Second);
        return fits
            ? new Dictionary<string, Shape>(StringComparer.Ordinal) { [input.Name] = shape }
            : throw new UsageException($"--input-shape {shape} does not fit the network's input {input.Name}: {own}");
    }

    private static Shape? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
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
                result.AddError($"--input-shape takes sizes joined by x, such as 1x3x224x224, not {text}");
                return null;
            }
        }

        return new Shape(dimensions);
    }
}
