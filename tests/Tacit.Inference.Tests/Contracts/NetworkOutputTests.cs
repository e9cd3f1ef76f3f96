using Tacit.Graphs;
using Tacit.Inference.Contracts;

namespace Tacit.Inference.Tests.Contracts;

public sealed class NetworkOutputTests
{
    public static TheoryData<Shape, int?, int?> Vectors =>
        new()
        {
            { new Shape("N", 10), null, 10 },
            { new Shape("N", "D"), null, null },
            { new Shape(4, 10), 4, 10 },
            { new Shape("N", 10), 4, 10 },
            { new Shape(10), 1, 10 },
        };

    public static TheoryData<Shape, int?> Others =>
        new()
        {
            { new Shape("N", 10, 7, 7), null },
            { new Shape(1, 10), 4 },
            { new Shape(10), null },
            { new Shape(10), 4 },
            { Shape.Scalar, 1 },
        };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_row_for_each_sample_is_a_vector(Shape shape, int? batch, int? length) =>
        Assert.Equal(length, Assert.IsType<VectorOutput>(Of(shape, batch)).Length);

    [Theory]
    [MemberData(nameof(Others))]
    public void Anything_else_is_none(Shape shape, int? batch) => Assert.IsType<OtherOutput>(Of(shape, batch));

    [Fact]
    public void Whole_numbers_are_no_vector() =>
        Assert.IsType<OtherOutput>(NetworkOutput.Of(new Value("y", new TensorType(ElementType.Int64, new Shape("N", 10))), null));

    private static NetworkOutput Of(Shape shape, int? batch) =>
        NetworkOutput.Of(new Value("y", new TensorType(ElementType.Float32, shape)), batch);
}
