namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Einsum with one or two inputs.</summary>
/// <remarks>
/// The attribute <c>equation</c> names the axes of each input and of the result by letters, as in "bij,bjk->bik". Without "->" the result
/// has the letters that occur once, in alphabetical order. A letter may occur only once within an operand, so diagonals are not supported;
/// neither is "...". The cost with two inputs is the product of the sizes of all letters.
/// </remarks>
internal sealed class Einsum() : OperatorSchema("Einsum", 1, 2)
{
    /// <inheritdoc/>
    public override long MultiplyAccumulates(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorType> outputs) =>
        inputs.Count < 2
            ? 0
            : Axes(node)
                .Zip(inputs, (letters, input) => letters.Zip(input!.Shape))
                .SelectMany(axes => axes)
                .GroupBy(axis => axis.First)
                .Aggregate(1L, (product, axis) => checked(product * axis.Max(operand => operand.Second.Size)));

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var axes = Axes(call.Node);
        if (axes.Length != call.InputCount + 1)
        {
            throw call.Error($"its equation has {axes.Length - 1} operands, and it has {call.InputCount} inputs");
        }

        var sizes = new Dictionary<char, Dimension>();
        for (var input = 0; input < call.InputCount; input++)
        {
            call.SameElements(0, input);
            foreach (var (letter, size) in axes[input].Zip(call.OfRank(input, axes[input].Length, $"input {input}")))
            {
                sizes[letter] = sizes.TryGetValue(letter, out var other) ? call.Same(other, size, $"the sizes of {letter}") : size;
            }
        }

        return axes[^1].FirstOrDefault(letter => !sizes.ContainsKey(letter)) is var unknown and not default(char)
            ? throw call.Error($"the letter {unknown} of its result is in no operand")
            : [call.Type(0) with { Shape = new Shape([.. axes[^1].Select(letter => sizes[letter])]) }];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries)
    {
        var axes = Axes(call.Node);
        return axes[..^1].Select((letters, input) => !carries[input] || letters[0] == axes[^1][0]).All(same => same);
    }

    // Returns the letters of each operand, followed by those of the result.
    private static string[] Axes(Node node)
    {
        var equation = string.Concat(node.Attributes.Text("equation").Where(character => character != ' '));
        var sides = equation.Split("->");
        var operands = sides[0].Split(',');
        var result =
            sides.Length > 1
                ? sides[1]
                : string.Concat(
                    string.Concat(operands).GroupBy(letter => letter).Where(same => same.Count() == 1).Select(same => same.Key).Order()
                );
        string[] axes = [.. operands, result];
        return sides.Length <= 2 && axes.All(letters => letters.All(char.IsAsciiLetter) && letters.Distinct().Count() == letters.Length)
            ? axes
            : throw new UnsuitableModelException(
                $"{node}: the equation \"{equation}\" is not supported; supported are letters that differ within each operand, without \"...\""
            )
            {
                Node = node.Name,
            };
    }
}
