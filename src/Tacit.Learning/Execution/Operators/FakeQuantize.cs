using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Rounds to a grid of few values, in float: what an integer kernel would see, with a gradient.</summary>
public static class FakeQuantize
{
    private const float LeastScale = 1e-8f;

    /// <summary>Rounds each element to the nearest of the 2^bits values of an evenly spaced grid that holds zero.</summary>
    /// <remarks>
    /// With the range [low, high] widened to include 0, L = 2^bits - 1 and scale = max((high - low) / L, 1e-8), the result is
    /// clamp(round(x / scale), n, n + L) · scale with n = round(low / scale), rounding half to even. The gradient is straight
    /// through: it passes every element unchanged, also those that are clipped; the range gets none.
    /// </remarks>
    /// <param name="x">The values, of any shape.</param>
    /// <param name="low">The lower end of the range: one number, or one per channel; null for the minimum of <paramref name="x"/>.</param>
    /// <param name="high">The upper end of the range: one number, or one per channel; null for the maximum of <paramref name="x"/>.</param>
    /// <param name="bits">2 to 8.</param>
    /// <param name="axis">The dimension of the channels, each with a range of its own; null for one range.</param>
    /// <param name="symmetric">Whether the range is widened to [-m, m], where m is its larger end, with L = 2^bits - 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is not 2 to 8, or <paramref name="x"/> has no such axis.</exception>
    public static Tensor Apply(Tensor x, Tensor? low, Tensor? high, int bits, int? axis, bool symmetric = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);

        if (axis is { } channels && (channels >= x.dim() || channels < -x.dim()))
        {
            throw new ArgumentOutOfRangeException(nameof(axis), axis, $"a tensor of {x.dim()} dimensions has no axis {axis}");
        }

        // The copy carries the gradient; the rounding below happens to it unseen.
        var result = x.clone();
        using var guard = no_grad();
        using var source = x.detach();
        using var givenLow = End(source, low, axis, isLow: true);
        using var givenHigh = End(source, high, axis, isLow: false);
        using var highest = symmetric ? Larger(givenLow, givenHigh) : givenHigh.alias();
        using var lowest = symmetric ? highest.neg() : givenLow.alias();
        var levels = symmetric ? (1 << bits) - 2 : (1 << bits) - 1;
        if (axis is null && x.device_type == DeviceType.CPU)
        {
            RoundByNumbers(result, lowest.ToSingle(), highest.ToSingle(), levels);
        }
        else
        {
            RoundByTensors(result, lowest, highest, levels);
        }

        return result;
    }

    internal static Kernel Compile(NodeSource source)
    {
        var bits = (int)source.Attributes.Int("bits", 8);
        int? axis = source.Attributes.Has("axis") ? (int)source.Attributes.Int("axis") : null;
        var symmetric = source.Attributes.Int("symmetric") != 0;
        return x => [Apply(x[0], x.OrNull(1), x.OrNull(2), bits, axis, symmetric)];
    }

    private static Tensor Larger(Tensor low, Tensor high)
    {
        using var opposite = low.neg();
        return opposite.maximum(high);
    }

    private static void RoundByNumbers(Tensor values, float low, float high, int levels)
    {
        low = MathF.Min(low, 0);
        var scale = MathF.Max((MathF.Max(high, 0) - low) / levels, LeastScale);
        var least = MathF.Round(low / scale);
        values.div_(scale).round_().clamp_(least, least + levels).mul_(scale);
    }

    // The same where reading a number would wait for the device, or each channel has its own.
    private static void RoundByTensors(Tensor values, Tensor low, Tensor high, int levels)
    {
        using var scope = NewDisposeScope();
        var bottom = low.clamp(max: 0);
        var scale = high.clamp(min: 0).sub_(bottom).div_(levels).clamp_(min: LeastScale);
        var least = bottom.div_(scale).round_();
        values.div_(scale).round_().clamp_(least, least + levels).mul_(scale);
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
