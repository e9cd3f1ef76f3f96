using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Resize in the modes "nearest", "linear" and "cubic".</summary>
/// <remarks>
/// The axes are resized one after the other. Interpolation over several axes is the product of interpolations along each, so the result is
/// the same.
/// </remarks>
internal static class Resizing
{
    /// <summary>Resize: x, region (for tf_crop_and_resize), and scales or sizes, one for each axis.</summary>
    /// <remarks>
    /// <para>
    /// The output position p corresponds to the input position, with scale s, input size n and output size m:
    /// </para>
    /// <list type="bullet">
    /// <item>asymmetric: p / s</item>
    /// <item>half_pixel (the default): (p + 0.5) / s - 0.5</item>
    /// <item>pytorch_half_pixel: as half_pixel, but 0 if m = 1</item>
    /// <item>align_corners: p (n - 1) / (m - 1), but 0 if m = 1</item>
    /// <item>tf_half_pixel_for_nn: (p + 0.5) / s</item>
    /// <item>
    /// tf_crop_and_resize: a (n - 1) + p (b - a)(n - 1) / (m - 1) for the region [a, b]; positions outside the input get
    /// <c>extrapolation_value</c>
    /// </item>
    /// </list>
    /// <para>
    /// In mode "nearest", the position is rounded by <c>nearest_mode</c>, default round_prefer_floor. Other positions outside the input are
    /// clamped to its edge. In mode "cubic", four neighbours are weighted by the polynomial with <c>cubic_coeff_a</c> (default -0.75, Keys,
    /// 1981). With <c>exclude_outside</c>, those outside the input do not count; otherwise they are clamped.
    /// </para>
    /// </remarks>
    /// <exception cref="Graphs.UnsupportedOperatorException">An attribute has an unsupported value.</exception>
    public static Kernel Compile(NodeSource source)
    {
        var (regions, scales, sizes) = (source.Reals(1), source.Reals(2), source.Integers(3));
        var transformation = source.Attributes.Text("coordinate_transformation_mode", "half_pixel");
        var position = Position(transformation, source);
        var sample = Sampler(source);
        var outside = transformation == "tf_crop_and_resize" ? source.Attributes.Float("extrapolation_value") : (float?)null;
        return x =>
        {
            var (region, factors, wanted) = (regions.Read(x), scales.Read(x), sizes.Read(x));
            var rank = (int)x[0].dim();
            var result = x[0].alias();
            for (var axis = 0; axis < rank; axis++)
            {
                var line = Line.Of(x[0].shape[axis], factors?[axis], wanted?[axis], region?[axis] ?? 0, region?[axis + rank] ?? 1);
                if (line.ChangesNothing)
                {
                    continue;
                }

                float[] places = [.. Enumerable.Range(0, (int)line.Result).Select(place => position(line, place))];
                using var before = result;
                using var inside = sample(before, axis, places);
                result = outside is { } value ? Extrapolated(inside, axis, places, line.Size - 1, value) : inside.alias();
            }

            return [result];
        };
    }

    /// <summary>
    /// Returns the function that maps a position of the result to a position of the input, by coordinate_transformation_mode.
    /// </summary>
    private static Func<Line, float, float> Position(string transformation, NodeSource source) =>
        transformation switch
        {
            "asymmetric" => (line, place) => place / line.Scale,
            "half_pixel" => (line, place) => (place + 0.5f) / line.Scale - 0.5f,
            "pytorch_half_pixel" => (line, place) => line.Result > 1 ? (place + 0.5f) / line.Scale - 0.5f : 0,
            "tf_half_pixel_for_nn" => (line, place) => (place + 0.5f) / line.Scale,
            "align_corners" => (line, place) => line.Result > 1 ? place * (line.Size - 1) / (line.Result - 1) : 0,
            "tf_crop_and_resize" => (line, place) =>
                line.Result > 1
                    ? line.Start * (line.Size - 1) + place * (line.End - line.Start) * (line.Size - 1) / (line.Result - 1)
                    : 0.5f * (line.Start + line.End) * (line.Size - 1),
            _ => throw source.Unsupported($"the coordinate_transformation_mode {transformation}"),
        };

    /// <summary>Returns the function that computes the elements at the positions of one axis, by mode.</summary>
    private static Func<Tensor, int, float[], Tensor> Sampler(NodeSource source)
    {
        switch (source.Attributes.Text("mode", "nearest"))
        {
            case "linear":
                return Interpolated;
            case "cubic":
                var (a, excludes) = (source.Attributes.Float("cubic_coeff_a", -0.75f), source.Attributes.Int("exclude_outside") != 0);
                return (x, axis, places) => Cubic(x, axis, places, a, excludes);
            case "nearest":
                var nearest = Nearest(source);
                return (x, axis, places) => Picked(x, axis, places, nearest);
            case var mode:
                throw source.Unsupported($"the mode {mode}");
        }
    }

    /// <summary>Returns the function that rounds a position, by nearest_mode.</summary>
    private static Func<float, float> Nearest(NodeSource source) =>
        source.Attributes.Text("nearest_mode", "round_prefer_floor") switch
        {
            "round_prefer_floor" => place => MathF.Ceiling(place - 0.5f),
            "round_prefer_ceil" => place => MathF.Floor(place + 0.5f),
            "floor" => MathF.Floor,
            "ceil" => MathF.Ceiling,
            var rounding => throw source.Unsupported($"the nearest_mode {rounding}"),
        };

    /// <summary>Selects the nearest element for each position.</summary>
    private static Tensor Picked(Tensor x, int axis, float[] places, Func<float, float> nearest)
    {
        using var index = tensor(
            Array.ConvertAll(places, place => Math.Clamp((long)nearest(place), 0, x.shape[axis] - 1)),
            device: x.device
        );
        return x.index_select(axis, index);
    }

    /// <summary>Interpolates linearly between the two neighbours of each position.</summary>
    private static Tensor Interpolated(Tensor x, int axis, float[] places)
    {
        var last = x.shape[axis] - 1;
        var within = Array.ConvertAll(places, place => Math.Clamp(place, 0, last));
        using var lower = tensor(Array.ConvertAll(within, place => (long)place), device: x.device);
        using var upper = tensor(Array.ConvertAll(within, place => Math.Min((long)place + 1, last)), device: x.device);
        using var share = Along(tensor(Array.ConvertAll(within, place => place - MathF.Floor(place)), x.dtype, x.device), x, axis);
        using var left = x.index_select(axis, lower);
        using var right = x.index_select(axis, upper);
        return lerp(left, right, share);
    }

    /// <summary>Interpolates between the four neighbours of each position by the cubic convolution of Keys (1981).</summary>
    private static Tensor Cubic(Tensor x, int axis, float[] places, float a, bool excludesOutside)
    {
        using var scope = NewDisposeScope();
        var last = x.shape[axis] - 1;
        var neighbours = Enumerable
            .Range(-1, 4)
            .Select(step => Array.ConvertAll(places, place => (long)MathF.Floor(place) + step))
            .ToArray();
        var weights = Array.ConvertAll(
            neighbours,
            line =>
                line.Zip(places, (index, place) => excludesOutside && (index < 0 || index > last) ? 0 : Weight(Math.Abs(place - index)))
                    .ToArray()
        );
        if (excludesOutside)
        {
            for (var i = 0; i < places.Length; i++)
            {
                var sum = weights.Sum(line => line[i]);
                Array.ForEach(weights, line => line[i] /= sum);
            }
        }

        return neighbours
            .Zip(
                weights,
                (line, factors) =>
                    x.index_select(axis, tensor(Array.ConvertAll(line, index => Math.Clamp(index, 0, last)), device: x.device))
                    * Along(tensor(factors, x.dtype, x.device), x, axis)
            )
            .Aggregate((sum, next) => sum + next)
            .MoveToOuterDisposeScope();

        float Weight(float distance) =>
            distance <= 1
                ? ((a + 2) * distance - (a + 3)) * distance * distance + 1
                : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
    }

    /// <summary>Fills positions outside the input with a value.</summary>
    private static Tensor Extrapolated(Tensor x, int axis, float[] places, long last, float value)
    {
        using var outside = Along(tensor(Array.ConvertAll(places, place => place < 0 || place > last), device: x.device), x, axis);
        return x.masked_fill(outside, value);
    }

    private static Tensor Along(Tensor vector, Tensor x, int axis)
    {
        using var given = vector;
        long[] sizes = [.. Enumerable.Repeat(1L, (int)x.dim())];
        sizes[axis] = -1;
        return given.reshape(sizes);
    }

    /// <summary>One axis: its size, the size of the result, the scale, and the region [start, end] as shares of the input.</summary>
    private readonly record struct Line(long Size, long Result, float Scale, float Start, float End)
    {
        /// <summary>Whether the axis stays as it is. At a scale of 1, the region is ignored, as in ONNX Runtime.</summary>
        public bool ChangesNothing => Size == Result && Scale == 1;

        /// <summary>Computes the missing one of scale and result: result = floor(size · scale), or scale = result / size.</summary>
        public static Line Of(long size, float? scale, long? result, float start, float end) =>
            new(size, result ?? (long)(size * scale!.Value), scale ?? (float)result!.Value / size, start, end);
    }
}
