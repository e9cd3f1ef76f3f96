using Tacit.Graphs.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Rounds tensors to a quantisation grid in float arithmetic, with a gradient.</summary>
/// <remarks>
/// Training with this operator adapts a network to the values that an integer kernel will see. The same grids are later stored by
/// <c>QdqExport</c>.
/// </remarks>
internal static class FakeQuantize
{
    /// <summary>Rounds each element to the nearest number of a grid: scale · clamp(round(x / scale), lowest, highest).</summary>
    /// <remarks>
    /// <para>
    /// For an asymmetric grid of b bits over [low, high], the range is extended to contain 0. Then scale = (high - low) / (2^b - 1), lowest
    /// = round(low / scale) and highest = lowest + 2^b - 1. Halves are rounded to even. See <see cref="Quantizer"/> for symmetric grids.
    /// </para>
    /// <para>
    /// The gradient is a straight-through estimator without a mask: it passes every element unchanged, including clipped ones. The range
    /// gets no gradient. The result is a copy; <paramref name="x"/> does not change.
    /// </para>
    /// </remarks>
    /// <param name="x">The values, of any shape.</param>
    /// <param name="low">
    /// The lower end of the range: one number, or one for each channel. Null uses the minimum of <paramref name="x"/> (or of each channel).
    /// </param>
    /// <param name="high">The upper end of the range. Null uses the maximum.</param>
    /// <param name="quantizer">The grid that belongs to a range, and the axis of the channels if each has its own range.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> does not have the axis of the quantiser.</exception>
    public static Tensor Apply(Tensor x, Tensor? low, Tensor? high, Quantizer quantizer)
    {
        var axis = quantizer.Axis;
        if (axis is { } channels && (channels >= x.dim() || channels < -x.dim()))
        {
            throw new ArgumentOutOfRangeException(nameof(quantizer), axis, $"a tensor of {x.dim()} dimensions has no axis {axis}");
        }

        // The copy carries the gradient. The rounding below is not recorded.
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

    /// <summary>FakeQuantize: inputs x, low and high, the last two optional. The attributes describe the <see cref="Quantizer"/>.</summary>
    internal static Kernel Compile(NodeSource source)
    {
        var quantizer = Quantizer.Of(source.Attributes);
        return x => [Apply(x[0], x.OrNull(1), x.OrNull(2), quantizer)];
    }

    /// <summary>
    /// Rounds by grids that are computed on the device, for all channels at once. They equal those of <see cref="Quantizer"/>. Reading the
    /// ends of the ranges would wait for the device.
    /// </summary>
    private static void RoundByTensors(Tensor values, Tensor low, Tensor high, Quantizer quantizer)
    {
        using var scope = NewDisposeScope();
        var top = (quantizer.IsSymmetric ? low.neg().maximum(high) : high).clamp(min: 0);
        var bottom = quantizer.IsSymmetric ? top.neg() : low.clamp(max: 0);
        var scale = (top - bottom).div_(quantizer.Steps).clamp_(min: Quantizer.SmallestScale);
        var least = bottom.div_(scale).round_();
        values.div_(scale).round_().clamp_(least, least + quantizer.Steps).mul_(scale);
    }

    /// <summary>Returns one end of the range in a shape that broadcasts over x.</summary>
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

        // libtorch interprets an empty list of dimensions as all. In a vector, each element is a channel.
        long[] others = [.. Enumerable.Range(0, (int)x.dim()).Where(i => i != channel).Select(i => (long)i)];
        return others.Length == 0 ? x.alias()
            : isLow ? x.amin(others, keepdim: true)
            : x.amax(others, keepdim: true);
    }
}
