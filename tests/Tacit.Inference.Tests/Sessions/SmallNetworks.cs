using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Sessions;

// Networks with a few nodes, as the bytes of ONNX files.
internal static class SmallNetworks
{
    // N x 3 x size x size -> N x 3: the mean of each channel. It distinguishes red, green and blue images.
    public static byte[] ChannelMeans(Dimension batch, IEnumerable<KeyValuePair<string, string>>? metadata = null, Dimension? size = null)
    {
        var builder = new GraphBuilder("means");
        var x = builder.Input("image", new(batch, 3, size ?? 4, size ?? 4));
        var pooled = builder.Add("GlobalAveragePool", [x]);
        var y = builder.Add("Flatten", [pooled], name: "scores");
        builder.Output(y, new(batch, 3));
        var model = builder.Build();
        return OnnxWriter.ToBytes(model with { Metadata = model.Metadata.AddRange(metadata ?? []) });
    }

    // The same for N x height x width x 3.
    public static byte[] ChannelMeansLast(Dimension height, Dimension width, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var builder = new GraphBuilder("means");
        var x = builder.Input("image", new("N", height, width, 3));
        var y = builder.Add("ReduceMean", [x], Attributes.None.With("axes", [1, 2]).With("keepdims", 0), "scores");
        builder.Output(y, new("N", 3));
        var model = builder.Build();
        return OnnxWriter.ToBytes(model with { Metadata = model.Metadata.AddRange(metadata ?? []) });
    }

    public static IEnumerable<KeyValuePair<string, string>> Metadata(Preprocessing preprocessing, string? classes = null) =>
        new ModelMetadata { Images = preprocessing }
            .ToProperties()
            .AddRange(classes is null ? [] : [new(ModelMetadata.ClassesKey, classes)]);

    // One convolution 3 x 3 on N x 2 x 6 x 6, in floating point or between quantise and dequantise pairs.
    public static byte[] Convolution(bool quantized, float biasScale = 1f / 64)
    {
        const float inputScale = 0.25f,
            weightScale = 1f / 16;
        var builder = new GraphBuilder("convolution");
        var x = builder.Input("x", new("N", 2, 6, 6));
        var integers = Enumerable.Range(0, 36).Select(i => (sbyte)(i * 7 % 31 - 15)).ToArray();
        string weight,
            bias;
        if (quantized)
        {
            x = Pair(builder, x, inputScale);
            weight = Dequantize(
                builder,
                builder.Initializer("weight", TensorData.Of<sbyte>(integers, 2, 2, 3, 3)),
                weightScale,
                TensorData.Scalar((sbyte)0)
            );
            bias = Dequantize(builder, builder.Initializer("bias", TensorData.Of<int>([16, -32])), biasScale, TensorData.Scalar(0));
        }
        else
        {
            weight = builder.Initializer(
                "weight",
                TensorData.Of<float>([.. integers.Select(integer => integer * weightScale)], 2, 2, 3, 3)
            );
            bias = builder.Initializer("bias", TensorData.Of<float>([0.25f, -0.5f]));
        }

        var y = builder.Add("Conv", [x, weight, bias], Attributes.None.With("kernel_shape", [3L, 3L]), "y");
        y = quantized ? Pair(builder, y, 0.5f) : y;
        builder.Output(y, new("N", 2, 4, 4));
        return OnnxWriter.ToBytes(builder.Build());
    }

    private static string Pair(GraphBuilder builder, string value, float scale)
    {
        var zero = TensorData.Scalar((byte)128);
        var quantized = builder.Add("QuantizeLinear", [value, Constant(builder, TensorData.Scalar(scale)), Constant(builder, zero)]);
        return Dequantize(builder, quantized, scale, zero);
    }

    private static string Dequantize(GraphBuilder builder, string value, float scale, TensorData zero) =>
        builder.Add("DequantizeLinear", [value, Constant(builder, TensorData.Scalar(scale)), Constant(builder, zero)]);

    private static string Constant(GraphBuilder builder, TensorData data) => builder.Initializer("constant", data, WeightRole.Constant);
}
