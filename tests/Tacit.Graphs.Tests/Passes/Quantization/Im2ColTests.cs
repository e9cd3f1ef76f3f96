using CsCheck;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Onnx;

namespace Tacit.Graphs.Tests.Passes.Quantization;

public sealed class Im2ColTests
{
    private const byte Zero = 97;

    private static readonly Gen<Case> Cases =
        from channels in Gen.Int[1, 4]
        from kernel in Gen.Long[1, 4].Array[3]
        from strides in Gen.Long[1, 3].Array[3]
        from dilations in Gen.Long[1, 2].Array[3]
        from pads in Gen.Long[0, 3].Array[6]
        from extra in Gen.Long[0, 6].Array[3]
        select new Case(
            channels,
            kernel,
            strides,
            dilations,
            pads,
            [.. kernel.Zip(dilations, extra).Select(axis => (axis.First - 1) * axis.Second + 1 + axis.Third)]
        );

    // Weights and products are integers, so results are compared exactly.
    [Fact]
    public void The_convolution_of_what_was_unfolded_is_the_convolution() =>
        Cases.Sample(
            sample =>
            {
                var (whole, unfolded) = (sample.Network(unfolds: false), sample.Network(unfolds: true));
                OnnxRuntimeRun.AssertEqual(OnnxWriter.ToBytes(whole), OnnxWriter.ToBytes(unfolded), tolerance: 0);
            },
            iter: 150
        );

    [Theory]
    [InlineData(3, 1, true)]
    [InlineData(24, 1, false)]
    [InlineData(4, 2, false)]
    public void Only_convolutions_of_few_channels_in_one_group_are_unfolded(int channels, int group, bool expected)
    {
        var weight = TensorData.Of<float>(new float[4 * (channels / group) * 27], 4, channels / group, 3, 3, 3);
        var conv = new Node("conv", "Conv", ["x", "w"], ["y"], Attributes.None.With("group", group));

        Assert.Equal(expected, Im2Col.Of(conv, new("N", channels, 8, 8, 8), weight) is not null);
    }

    private sealed record Case(int Channels, long[] Kernel, long[] Strides, long[] Dilations, long[] Pads, long[] Sizes)
    {
        private const int Outputs = 3;

        // The convolution of the bytes minus their zero point, directly or after unfolding.
        public Model Network(bool unfolds)
        {
            var builder = new GraphBuilder("net");
            var shape = new Shape("N", Channels, Sizes[0], Sizes[1], Sizes[2]);
            var scaled = builder.Add("Mul", [builder.Input("x", shape), builder.Initializer("scale", TensorData.Scalar(60f))]);
            var shifted = builder.Add("Add", [scaled, builder.Initializer("shift", TensorData.Scalar(125f))]);
            var bytes = builder.Add("Cast", [shifted], Attributes.None.With("to", (long)ElementType.UInt8));
            var random = new Random(Channels);
            var count = (int)(Outputs * Channels * Kernel.Aggregate((a, b) => a * b));
            var weight = TensorData.Of<float>(
                [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-9, 10))],
                [Outputs, Channels, .. Kernel]
            );
            var attributes = Attributes
                .None.With("kernel_shape", [.. Kernel])
                .With("strides", [.. Strides])
                .With("dilations", [.. Dilations])
                .With("pads", [.. Pads]);
            var conv = new Node("y", "Conv", ["bytes", "w"], ["y"], attributes);
            if (unfolds && Im2Col.Of(conv, shape, weight) is { } unfolding)
            {
                (bytes, weight, attributes) = (unfolding.Apply(builder, bytes, Zero), unfolding.Weight(weight), unfolding.Attributes);
            }

            var floats = builder.Add(
                "Sub",
                [
                    builder.Add("Cast", [bytes], Attributes.None.With("to", (long)ElementType.Float32)),
                    builder.Initializer("zero", TensorData.Scalar((float)Zero)),
                ]
            );
            builder.Output(
                builder.Add("Conv", [floats, builder.Initializer("w", weight)], attributes, "y"),
                new("N", Outputs, "T", "H", "W")
            );
            return builder.Build();
        }
    }
}
