using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes GridSample, which reads an image at given positions.</summary>
internal static class GridSampling
{
    /// <summary>GridSample: x (N, C, H, W) and positions (N, height, width, 2) from -1 to 1 → (N, C, height, width).</summary>
    /// <remarks>
    /// <c>mode</c> is bilinear (the default) or nearest. Outside the input, <c>padding_mode</c> gives zeros (the default), the border, or
    /// the reflection. With <c>align_corners</c>, -1 and 1 are the centres of the first and last elements instead of their edges.
    /// </remarks>
    public static Kernel Compile(NodeSource source)
    {
        var mode = source.Attributes.Text("mode", "bilinear") switch
        {
            "bilinear" => GridSampleMode.Bilinear,
            "nearest" => GridSampleMode.Nearest,
            var other => throw source.Unsupported($"the mode {other}"),
        };
        var padding = source.Attributes.Text("padding_mode", "zeros") switch
        {
            "zeros" => GridSamplePaddingMode.Zeros,
            "border" => GridSamplePaddingMode.Border,
            "reflection" => GridSamplePaddingMode.Reflection,
            var other => throw source.Unsupported($"the padding_mode {other}"),
        };
        var aligned = source.Attributes.Int("align_corners") != 0;
        return x => [functional.grid_sample(x[0], x[1], mode, padding, aligned)];
    }
}
