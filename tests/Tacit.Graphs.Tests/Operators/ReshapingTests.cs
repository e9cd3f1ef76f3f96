using CsCheck;
using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

public sealed class ReshapingTests
{
    private static readonly Gen<long[]> AnySizes = Gen.Long[1, 4].Array[1, 4];

    [Fact]
    public void Reshape_is_that_of_the_runtime() =>
        Gen.Select(AnySizes, Gen.OneOf(-1L, -1, 0, 1, 2, 4, 6).Array[1, 4])
            .Sample(
                (sizes, target) =>
                {
                    var model = SingleNode.Network("Reshape", Shape.Of(sizes), null, SingleNode.Integers(target));
                    try
                    {
                        var expected = Runtime.Output(model, new Dictionary<string, long[]> { ["x"] = sizes }).Sizes;
                        Assert.Equal(expected, ShapeInference.Infer(model)["y"].Shape.ToSizes());
                    }
                    catch (OnnxRuntimeException)
                    {
                        Assert.Throws<UnsuitableModelException>(() => ShapeInference.Infer(model));
                    }
                },
                iter: 150,
                threads: 1
            );

    [Fact]
    public void The_batch_passes_through_a_reshape() =>
        Assert.Equal(new Shape("N", 64), SingleNode.Infer("Reshape", new Shape("N", 64, 1, 1), null, SingleNode.Integers(-1, 64)));

    [Fact]
    public void A_symbol_that_stays_whole_is_a_product() =>
        Assert.Equal(new Shape("2*N", 32), SingleNode.Infer("Reshape", new Shape("N", 64, 1, 1), null, SingleNode.Integers(-1, 32)));

    [Fact]
    public void A_reshape_that_fixes_the_batch_asks_for_sizes()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() =>
            SingleNode.Infer("Reshape", new Shape("N", 64, 1, 1), null, SingleNode.Integers(1, 64))
        );

        Assert.Contains("parameter 'inputs'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_must_be_as_many()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() =>
            SingleNode.Infer("Reshape", Shape.Of(2, 3), null, SingleNode.Integers(4, -1))
        );

        Assert.Equal("Reshape y: 2 x 3 does not have as many elements as 4 x -1", exception.Message);
    }

    [Theory]
    [InlineData(0, "1", "3*N*H")]
    [InlineData(1, "N", "3*H")]
    [InlineData(-1, "3*N", "H")]
    [InlineData(3, "3*H*N", "1")]
    public void Flatten_multiplies_symbols(int axis, string rows, string columns)
    {
        var shape = SingleNode.Infer("Flatten", new Shape("N", 3, "H"), Attributes.None.With("axis", axis));

        Assert.Equal([Sorted(rows), Sorted(columns)], shape.Select(size => Sorted(size.ToString())));

        static string Sorted(string product) => string.Join('*', product.Split('*').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Squeeze_and_unsqueeze_take_axes_from_the_end()
    {
        Assert.Equal(new Shape("N", 3), SingleNode.Infer("Squeeze", new Shape("N", 3, 1, 1), null, SingleNode.Integers(-1, 2)));
        Assert.Equal(new Shape("N", 3, 1, 1), SingleNode.Infer("Unsqueeze", new Shape("N", 3), null, SingleNode.Integers(-1, 2)));
    }

    [Fact]
    public void Squeeze_refuses_a_size_other_than_1()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() =>
            SingleNode.Infer("Squeeze", Shape.Of(2, 3), null, SingleNode.Integers(1))
        );

        Assert.Equal("Squeeze y: the size of axis 1 and 1 do not fit: 3 and 1", exception.Message);
    }
}
