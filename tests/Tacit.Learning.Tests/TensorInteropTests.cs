using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests;

[NoTensorLeaks]
public sealed class TensorInteropTests
{
    public static TheoryData<ElementType> Elements =>
        [.. Enum.GetValues<ElementType>().Where(element => element is not (ElementType.Undefined or ElementType.Text))];

    [Theory]
    [MemberData(nameof(Elements))]
    public void Elements_come_back_as_they_were(ElementType element)
    {
        // 15 elements of 4 bits leave half a byte empty; small values fit every type.
        var bytes = new byte[element.Bytes(15)];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = element switch
            {
                ElementType.Boolean => (byte)(i % 2),
                ElementType.UInt64 when i % 8 == 7 => 0x70,
                ElementType.UInt4 or ElementType.Int4 when i == bytes.Length - 1 => 0x0A,
                _ => (byte)(i * 37 + 5),
            };
        }

        var data = new TensorData(element, [3, 5], bytes);

        using var tensor = data.ToTensor();
        var back = tensor.ToData(element);

        Assert.Equal([3, 5], tensor.shape);
        Assert.Equal(data.Type, back.Type);
        Assert.True(data.Bytes.SequenceEqual(back.Bytes));
    }

    [Fact]
    public void Signed_nibbles_are_extended()
    {
        using var tensor = new TensorData(ElementType.Int4, [3], new byte[] { 0x7F, 0x08 }).ToTensor();

        Assert.Equal([(sbyte)-1, 7, -8], tensor.data<sbyte>().ToArray());
    }

    [Fact]
    public void Scalars_and_empty_tensors_keep_their_sizes()
    {
        using var scalar = TensorData.Scalar(3f).ToTensor();
        using var empty = new TensorData(ElementType.Float32, [2, 0], Array.Empty<byte>()).ToTensor();

        Assert.Empty(scalar.shape);
        Assert.Equal(TensorData.Scalar(3f).Type, scalar.ToData().Type);
        Assert.Equal([2, 0], empty.ToData().Sizes);
    }

    [Fact]
    public void A_view_is_copied_in_its_own_order()
    {
        using var scope = NewDisposeScope();
        var data = arange(6, ScalarType.Float32).reshape(2, 3).t().ToData();

        Assert.Equal([3, 2], data.Sizes);
        Assert.Equal([0, 3, 1, 4, 2, 5], data.As<float>().ToArray());
    }

    [Fact]
    public void Another_type_is_refused()
    {
        using var tensor = ones(2);
        Assert.Throws<ArgumentException>(() => tensor.ToData(ElementType.Int64));
    }
}
