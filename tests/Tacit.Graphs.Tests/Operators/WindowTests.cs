using System.Collections.Immutable;
using CsCheck;
using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

public sealed class WindowTests
{
    private static readonly Gen<Axis> AnyAxis =
        from size in Gen.Long[1, 12]
        from kernel in Gen.Long[1, 4]
        from stride in Gen.Long[1, 3]
        from dilation in Gen.Long[1, 2]
        from before in Gen.Long[0, 2]
        from after in Gen.Long[0, 2]
        select new Axis(size, kernel, stride, dilation, Math.Min(before, kernel - 1), Math.Min(after, kernel - 1));

    private static readonly Gen<(Axis[] Axes, string AutoPad, bool Ceil)> AnyWindow =
        from axes in AnyAxis.Array[1, 3]
        from autoPad in Gen.OneOf("NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
        from ceil in Gen.Bool
        select (
            axes.Select(axis => autoPad.StartsWith("SAME", StringComparison.Ordinal) ? axis with { Dilation = 1 } : axis).ToArray(),
            autoPad,
            ceil
        );

    [Theory]
    [InlineData("Conv")]
    [InlineData("MaxPool")]
    [InlineData("AveragePool")]
    public void Sizes_are_those_of_the_runtime(string @operator) =>
        AnyWindow
            .Where(window => window.Axes.All(axis => Fits(axis, window.AutoPad)))
            .Sample(
                window =>
                {
                    var model = Network(@operator, window, axis => axis.Size);
                    var expected = SizesInRuntime(model);
                    if (expected is not null)
                    {
                        Assert.Equal(expected, ShapeInference.Infer(model)["y"].Shape.ToSizes());
                    }
                },
                iter: 100,
                threads: 1
            );

    [Fact]
    public void A_window_larger_than_the_input_is_refused()
    {
        var attributes = Attributes.None.With("kernel_shape", [5, 5]);

        var exception = Assert.Throws<UnsuitableModelException>(() => SingleNode.Infer("MaxPool", Shape.Of(1, 3, 4, 8), attributes));

        Assert.Equal("MaxPool y: the window of 5 is larger than the padded input of 4 + 0", exception.Message);
    }

    [Theory]
    [InlineData("kernel_shape")]
    [InlineData("dilations")]
    [InlineData("strides")]
    [InlineData("pads")]
    public void Absurd_attributes_are_refused(string name)
    {
        var attributes = Attributes
            .None.With("kernel_shape", [3L, 3])
            .With(name, [long.MaxValue, .. Enumerable.Repeat(long.MaxValue, name == "pads" ? 3 : 1)]);

        var model = SingleNode.Network("MaxPool", Shape.Of(1, 3, 8, 8), attributes.With("ceil_mode", 1L));

        Assert.Throws<UnsuitableModelException>(() => ShapeInference.Infer(model));
    }

    [Fact]
    public void Symbolic_sizes_stand_for_all_sizes() =>
        AnyWindow
            .Where(window => window.AutoPad == "NOTSET")
            .Sample(
                window =>
                {
                    var concrete = Result(Network("MaxPool", window, axis => axis.Size));
                    var symbolic = Result(Network("MaxPool", window, (_, index) => "H" + index));
                    if (concrete is not null && symbolic is not null)
                    {
                        var symbols = window
                            .Axes.Select((axis, index) => KeyValuePair.Create("H" + index, axis.Size))
                            .ToImmutableDictionary();
                        Assert.Equal(concrete.ToSizes(), SymbolicSize.Evaluate(symbolic, symbols));
                    }
                },
                iter: 500,
                threads: 1
            );

    // The runtime rounds a negative size towards zero and returns an output for a window that does not fit.
    private static bool Fits(Axis axis, string autoPad) =>
        autoPad.StartsWith("SAME", StringComparison.Ordinal)
        || axis.Size + (autoPad == "VALID" ? 0 : axis.Before + axis.After) > axis.Dilation * (axis.Kernel - 1);

    private static Shape? Result(Model model)
    {
        try
        {
            return ShapeInference.Infer(model)["y"].Shape;
        }
        catch (UnsuitableModelException)
        {
            return null;
        }
    }

    private static long[]? SizesInRuntime(Model model)
    {
        try
        {
            return [.. Runtime.Output(model, new Dictionary<string, long[]> { ["x"] = model.Graph.Inputs[0].Type.Shape.ToSizes() }).Sizes];
        }
        catch (OnnxRuntimeException)
        {
            return null;
        }
    }

    private static Model Network(string @operator, (Axis[] Axes, string AutoPad, bool Ceil) window, Func<Axis, Dimension> size) =>
        Network(@operator, window, (axis, _) => size(axis));

    private static Model Network(string @operator, (Axis[] Axes, string AutoPad, bool Ceil) window, Func<Axis, int, Dimension> size)
    {
        var (axes, autoPad, ceil) = window;
        var attributes = Attributes
            .None.With("kernel_shape", [.. axes.Select(axis => axis.Kernel)])
            .With("strides", [.. axes.Select(axis => axis.Stride)])
            .With("auto_pad", autoPad);
        if (@operator != "AveragePool")
        {
            // AveragePool has no dilations in opset 17.
            attributes = attributes.With("dilations", [.. axes.Select(axis => axis.Dilation)]);
        }

        if (autoPad == "NOTSET")
        {
            attributes = attributes.With("pads", [.. axes.Select(axis => axis.Before), .. axes.Select(axis => axis.After)]);
        }

        var x = new Shape([1, 2, .. axes.Select(size)]);
        return @operator == "Conv"
            ? SingleNode.Network(@operator, x, attributes, SingleNode.Floats([3, 2, .. axes.Select(axis => axis.Kernel)]))
            : SingleNode.Network(@operator, x, ceil ? attributes.With("ceil_mode", 1L) : attributes);
    }

    private sealed record Axis(long Size, long Kernel, long Stride, long Dilation, long Before, long After);
}
