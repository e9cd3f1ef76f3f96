namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Conv and ConvTranspose over 1, 2 or 3 spatial axes.</summary>
/// <remarks>
/// The inputs are x (N, C, spatial axes), weights and an optional bias of one value per output channel (M). The weights of Conv have the
/// shape (M, C / group, kernel); those of ConvTranspose have the shape (C, M / group, kernel). The weights must have known sizes; the other
/// sizes of x may be symbolic. See <see cref="Window"/> for the spatial sizes of the output.
/// </remarks>
/// <param name="transposed">True for ConvTranspose, false for Conv.</param>
internal sealed class Convolution(bool transposed) : OperatorSchema(transposed ? "ConvTranspose" : "Conv", 2, 3)
{
    /// <inheritdoc/>
    public override long MultiplyAccumulates(Node node, IReadOnlyList<TensorType?> inputs, IReadOnlyList<TensorType> outputs)
    {
        // Conv multiplies every output element with all weights of its output channel; ConvTranspose does so for every input element.
        var weights = inputs[1]!.Shape;
        var elements = transposed ? inputs[0]!.Shape.ElementCount : outputs[0].Shape.ElementCount;
        return checked(elements * (weights.ElementCount / weights[0].Size));
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 1);
        var x = call.Shape(0);
        if (x.Rank is < 3 or > 5)
        {
            throw call.Error($"the input must have 3 to 5 dimensions, not {x.Rank} ({x})");
        }

        var weights = call.OfRank(1, x.Rank, "weights");
        var group = call.Attributes.Int("group", 1);
        if (!weights.IsKnown || weights[0].Size < 1)
        {
            throw call.Undetermined("the size of the weights");
        }

        if (group < 1 || weights[0].Size % group != 0)
        {
            throw call.Error($"{weights[0]} {(transposed ? "input" : "output")} channels cannot be divided into {group} equal groups");
        }

        Dimension ofGroups = checked(weights[1].Size * group);
        var (from, to) = transposed ? (weights[0], ofGroups) : (ofGroups, weights[0]);
        call.Same(x[1], from, "the channels of the input and of the weights");
        if (call.Has(2))
        {
            call.Same(call.OfRank(2, 1, "bias")[0], to, "the lengths of the bias and of the weights");
        }

        var kernel = weights.Skip(2).Select(dimension => dimension.Size).ToArray();
        if (call.Attributes.Ints("kernel_shape") is { } stated && !stated.SequenceEqual(kernel))
        {
            throw call.Error($"kernel_shape {string.Join(" x ", stated)} is not that of the weights, {weights}");
        }

        var window = new Window(call, kernel);
        return [call.Type(0) with { Shape = new Shape([x[0], to, .. transposed ? window.Spread(x) : window.Slide(x)]) }];
    }
}
