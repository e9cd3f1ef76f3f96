using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes MaxPool, AveragePool and their global forms over one, two or three spatial dimensions.</summary>
/// <remarks>
/// libtorch pools with equal pads on both sides, of at most half of the window. In all other cases, the input is padded first.
/// </remarks>
internal static class Pooling
{
    /// <summary>MaxPool: x (N, C, ...) → (N, C, ...). Integers are pooled as Float32, which is exact for 8 bits.</summary>
    /// <exception cref="Graphs.UnsupportedOperatorException">The node lacks <c>kernel_shape</c>.</exception>
    public static Kernel Max(NodeSource source)
    {
        var window = new Window(source.Attributes);
        var kernel = source.Attributes.Ints("kernel_shape") ?? throw source.Unsupported("a pooling without kernel_shape");
        return x =>
        {
            if (x[0].is_floating_point())
            {
                return [Max(x[0], window.Place(x[0].shape, kernel))];
            }

            // 8-bit integers are exact in Float32. libtorch supports few integer types in pooling.
            using var wide = x[0].to(ScalarType.Float32);
            using var pooled = Max(wide, window.Place(x[0].shape, kernel));
            return [pooled.to(x[0].dtype)];
        };
    }

    /// <summary>AveragePool: x (N, C, ...) → (N, C, ...).</summary>
    /// <remarks>
    /// The divisor is the number of elements of a window within the input. With <c>count_include_pad</c>, explicit pads count, too. What a
    /// window covers beyond the pads with <c>ceil_mode</c> never counts.
    /// </remarks>
    /// <exception cref="Graphs.UnsupportedOperatorException">The node lacks <c>kernel_shape</c>.</exception>
    public static Kernel Average(NodeSource source)
    {
        var window = new Window(source.Attributes);
        var kernel = source.Attributes.Ints("kernel_shape") ?? throw source.Unsupported("a pooling without kernel_shape");
        var countPads = source.Attributes.Int("count_include_pad") != 0;
        return x =>
        {
            var place = window.Place(x[0].shape, kernel);
            return place is { IsSymmetric: true, HasOverflow: false, IsDilated: false, IsPaddedByHalfAtMost: true }
                ? [AveragePool(x[0], place, place.Begin, countPads)]
                : [Average(x[0], place, countPads)];
        };
    }

    /// <summary>GlobalAveragePool: x (N, C, ...) → (N, C, 1, ...), the mean over all positions.</summary>
    public static Kernel GlobalAverage(NodeSource source) => x => [x[0].mean(SpatialAxes(x[0]), keepdim: true)];

    /// <summary>GlobalMaxPool: x (N, C, ...) → (N, C, 1, ...), the maximum over all positions.</summary>
    public static Kernel GlobalMax(NodeSource source) => x => [x[0].amax(SpatialAxes(x[0]), keepdim: true)];

    private static Tensor Max(Tensor x, Placement place)
    {
        if (place is { IsSymmetric: true, HasOverflow: false, IsPaddedByHalfAtMost: true })
        {
            return MaxPool(x, place, place.Begin);
        }

        using var padded = Window.Pad(x, place.Begin, place.EndWithOverflow, double.NegativeInfinity);
        return MaxPool(padded, place, new long[place.Rank]);
    }

    /// <summary>
    /// Computes the mean over whole windows of the zero-padded input and divides it by the share of each window that counts. The shares are
    /// the same mean of a mask of ones.
    /// </summary>
    private static Tensor Average(Tensor x, Placement place, bool countPads)
    {
        using var padded = Window.Pad(x, place.Begin, place.EndWithOverflow, 0);
        using var mean = WholeWindows(padded, place);
        using var guard = no_grad();
        using var ones = torch.ones([1, 1, .. x.shape.AsSpan(2)], dtype: x.dtype, device: x.device);
        using var counted = Window.Pad(ones, place.Begin, place.End, countPads ? 1 : 0);
        using var mask = Window.Pad(counted, new long[place.Rank], place.Overflow, 0);
        using var part = WholeWindows(mask, place);
        using var gradients = set_grad_enabled(mean.requires_grad);
        return mean / part;
    }

    /// <summary>Computes the mean of whole windows. Dilated windows are computed as a convolution with constant weights.</summary>
    private static Tensor WholeWindows(Tensor x, Placement place)
    {
        if (!place.IsDilated)
        {
            return AveragePool(x, place, new long[place.Rank], true);
        }

        var (batch, channels) = (x.shape[0], x.shape[1]);
        using var planes = x.reshape([batch * channels, 1, .. x.shape.AsSpan(2)]);
        using var kernel = full(
            [1, 1, .. place.Kernel],
            1.0 / place.Kernel.Aggregate(1L, (product, size) => product * size),
            x.dtype,
            x.device
        );
        using var means = Convolution.Convolve(planes, kernel, null, place, new long[place.Rank], 1);
        return means.reshape([batch, channels, .. means.shape.AsSpan(2)]);
    }

    private static Tensor MaxPool(Tensor x, Placement place, long[] pads) =>
        place.Rank switch
        {
            1 => functional.max_pool1d(x, place.Kernel[0], place.Strides[0], pads[0], place.Dilations[0]),
            2 => functional.max_pool2d(x, place.Kernel, place.Strides, pads, place.Dilations),
            3 => functional.max_pool3d(x, place.Kernel, place.Strides, pads, place.Dilations),
            _ => throw new ArgumentException($"a pooling over {place.Rank} dimensions is not supported", nameof(place)),
        };

    private static Tensor AveragePool(Tensor x, Placement place, long[] pads, bool countPads) =>
        place.Rank switch
        {
            1 => functional.avg_pool1d(x, place.Kernel[0], place.Strides[0], pads[0], count_include_pad: countPads),
            2 => functional.avg_pool2d(x, place.Kernel, place.Strides, pads, count_include_pad: countPads),
            3 => functional.avg_pool3d(x, place.Kernel, place.Strides, pads, count_include_pad: countPads),
            _ => throw new ArgumentException($"a pooling over {place.Rank} dimensions is not supported", nameof(place)),
        };

    private static long[] SpatialAxes(Tensor x) => [.. Enumerable.Range(2, (int)x.dim() - 2).Select(axis => (long)axis)];
}
