namespace Tacit.Learning.Networks;

/// <summary>A block that widens, filters each channel, weighs the channels and narrows, as MobileNetV3 and EfficientNet have it.</summary>
internal sealed record InvertedResidual
{
    public required int Kernel { get; init; }

    /// <summary>The channels between the widening and the narrowing; where they are those of the input, nothing is widened.</summary>
    public required int Hidden { get; init; }

    public required int Outputs { get; init; }

    public required int Stride { get; init; }

    /// <summary>The activation function, given its name and input.</summary>
    public required Func<string, string, string> Activation { get; init; }

    /// <summary>Weighs the channels, given the layer's name and input; null where they are not weighted.</summary>
    public Func<string, string, string>? Excitation { get; init; }

    /// <summary>Adds the block, its layers numbered under "{name}.block"; input and result are added where their shapes agree.</summary>
    public string AddTo(LayerBuilder layers, string name, string input, int inputs)
    {
        var (value, index) = (input, 0);
        if (Hidden != inputs)
        {
            value = Activation(
                $"{name}.block.0.2",
                layers.ConvNorm($"{name}.block.0.0", $"{name}.block.0.1", value, inputs, Hidden, kernel: 1)
            );
            index++;
        }

        var depthwise = $"{name}.block.{index++}";
        value = layers.ConvNorm($"{depthwise}.0", $"{depthwise}.1", value, Hidden, Hidden, Kernel, Stride, groups: Hidden);
        value = Activation($"{depthwise}.2", value);
        if (Excitation is not null)
        {
            value = Excitation($"{name}.block.{index++}", value);
        }

        value = layers.ConvNorm($"{name}.block.{index}.0", $"{name}.block.{index}.1", value, Hidden, Outputs, kernel: 1);
        return Stride == 1 && inputs == Outputs ? layers.Graph.Add("Add", [value, input], name: $"{name}.add") : value;
    }
}
