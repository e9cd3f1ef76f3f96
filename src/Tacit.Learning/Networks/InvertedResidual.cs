namespace Tacit.Learning.Networks;

/// <summary>Describes an inverted residual block, as MobileNetV3 and EfficientNet use it.</summary>
/// <remarks>
/// <para>
/// 1 x 1 convolution to <see cref="Hidden"/> channels → depth-wise convolution → <see cref="Excitation"/> → 1 x 1 convolution to
/// <see cref="Outputs"/> channels. Every convolution has a batch norm. The first two also have an activation function.
/// </para>
/// <para>The input is added if the stride is 1 and the numbers of channels are equal.</para>
/// </remarks>
internal sealed record InvertedResidual
{
    /// <summary>The height and width of the depth-wise kernel, 3 or 5.</summary>
    public required int Kernel { get; init; }

    /// <summary>
    /// The number of channels of the depth-wise convolution. If it equals that of the input, the first convolution is omitted.
    /// </summary>
    public required int Hidden { get; init; }

    /// <summary>The number of output channels.</summary>
    public required int Outputs { get; init; }

    /// <summary>The stride of the depth-wise convolution, 1 or 2.</summary>
    public required int Stride { get; init; }

    /// <summary>Adds the activation function: (name, input) → result.</summary>
    public required Func<string, string, string> Activation { get; init; }

    /// <summary>Adds squeeze-and-excitation: (name, input) → result. Null omits it.</summary>
    public Func<string, string, string>? Excitation { get; init; }

    /// <summary>Adds the block to a graph. Its layers are numbered "{name}.block.0", "{name}.block.1" and so on.</summary>
    /// <param name="layers">The graph.</param>
    /// <param name="name">The name of the block.</param>
    /// <param name="input">The name of the input, (N, inputs, H, W).</param>
    /// <param name="inputs">The number of input channels.</param>
    /// <returns>The name of the result, (N, outputs, H / stride, W / stride).</returns>
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
