using Tacit.Graphs.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Rounds to a grid of few values, in float: what an integer kernel would see, with a gradient.</summary>
internal static class FakeQuantize
{
    /// <summary>Rounds each element to the nearest number of a grid.</summary>
    /// <remarks>The gradient is straight through: it passes every element unchanged, also those that are clipped; the range gets none.</remarks>
    /// <param name="x">The values, of any shape.</param>
    /// <param name="low">The lower end of the range: one number, or one per channel; null for the minimum of <paramref name="x"/>.</param>
    /// <param name="high">The upper end of the range: one number, or one per channel; null for the maximum of <paramref name="x"/>.</param>
    /// <param name="quantizer">Which grid follows from a range, and the dimension of the channels where each has a range of its own.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> has no such axis.</exception>
    public static Tensor Apply(Tensor x, Tensor? low, Tensor? high, Quantizer quantizer)
    {
        var axis = quantizer.Axis;
        if (axis is { } channels && (channels >= x.dim() || channels < -x.dim()))
        {
            throw new ArgumentOutOfRangeException(nameof(quantizer), axis, $"a tensor of {x.dim()} dimensions has no axis {axis}");
        }

        // The copy carries the gradient; the rounding below happens to it unseen.
        var result = x.clone();
        using var guard = no_grad();
        using var source = x.detach();
        using var lowest = End(source, low, axis, isLow: true);
        using var highest = End(source, high, axis, isLow: false);
        if (axis is null && x.device_type == DeviceType.CPU)
        {
            var grid = quantizer.Over(lowest.ToSingle(), highest.ToSingle());
            result.div_(grid.Scale).round_().clamp_(grid.Lowest, grid.Highest).mul_(grid.Scale);
        }
        else
        {
            RoundByTensors(result, lowest, highest, quantizer);
        }

        return result;
    }

    internal static Kernel Compile(NodeSource source)
    {
        var quantizer = Quantizer.Of(source.Attributes);
        return x => [Apply(x[0], x.OrNull(1), x.OrNull(2), quantizer)];
    }

    // The grids of Quantizer.Over, for all channels at once and without waiting for the device, as reading their ends would.
    private static void RoundByTensors(Tensor values, Tensor low, Tensor high, Quantizer quantizer)
    {
        using var scope = NewDisposeScope();
        var top = (quantizer.IsSymmetric ? low.neg().maximum(high) : high).clamp(min: 0);
        var bottom = quantizer.IsSymmetric ? top.neg() : low.clamp(max: 0);
        var scale = (top - bottom).div_(quantizer.Steps).clamp_(min: Quantizer.SmallestScale);
        var least = bottom.div_(scale).round_();
        values.div_(scale).round_().clamp_(least, least + quantizer.Steps).mul_(scale);
    }

    // One end of the range, shaped to be broadcast over x.
    private static Tensor End(Tensor x, Tensor? given, int? axis, bool isLow)
    {
        if (axis is not { } channels)
        {
            return given?.reshape([]) ?? (isLow ? x.min() : x.max());
        }

        var channel = (int)Axes.From(channels, x.dim());
        if (given is not null)
        {
            var sizes = new long[x.dim()];
            Array.Fill(sizes, 1);
            sizes[channel] = given.numel();
            return given.reshape(sizes);
        }

        // Torch takes no dimensions for all: a vector's channels are its numbers.
        long[] others = [.. Enumerable.Range(0, (int)x.dim()).Where(i => i != channel).Select(i => (long)i)];
        return others.Length == 0 ? x.alias()
            : isLow ? x.amin(others, keepdim: true)
            : x.amax(others, keepdim: true);
    }
}
