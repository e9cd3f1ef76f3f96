using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Passes;

namespace Tacit.Graphs.Tests.Passes.Quantization;

public sealed class QdqExportTests
{
    private const int Batch = 4;

    // An integer kernel has the exact sum and multiplies it by a scale in 32 bits; the float layer adds up to 108 products in
    // 32 bits. Both have errors of a few parts in 2^24 of at most a few thousand steps, which only matter for ties.
    private const double Half = 0.5 + 1e-3;

    public static TheoryData<int, int, double> Roundings =>
        new()
        {
            { 8, 8, 1 },
            { 7, 8, 0.8 },
            { 6, 3, 1 },
            { 4, 4, 0.8 },
            { 3, 5, 1 },
            { 2, 2, 1 },
            { 2, 7, 0.5 },
        };

    // `width`: the width of the ranges relative to the values of the float network. Below 1, some numbers exceed the range.
    [Theory]
    [MemberData(nameof(Roundings))]
    public void Every_integer_is_the_nearest_to_what_its_layer_computes(int weights, int activations, double width)
    {
        var seed = weights + activations;
        AssertNearest(ResidualNetwork.Build(seed), weights, activations, width, seed);
        AssertNearest(GatedNetwork.Build(seed), weights, activations, width, seed);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Packed_weights_compute_exactly_what_unpacked_ones_do_in_a_smaller_file(int bits)
    {
        var model = ResidualNetwork.Build(3, channels: 71 - bits);
        var widths = new BitWidths { Weights = bits, Activations = 8 };
        var bytes = Export(model, widths, Images(3), WeightStorage.Int8);
        var packed = Export(model, widths, Images(3), WeightStorage.Packed);

        Assert.Equal(Run(bytes, Images(3)), Run(packed, Images(3)));
        Assert.InRange(packed.Length, 0, bytes.Length - 1);
    }

    [Fact]
    public void Packing_leaves_a_layer_alone_where_unpacking_would_take_more_than_it_saves()
    {
        var model = ResidualNetwork.Build(3);
        var widths = new BitWidths { Weights = 4, Activations = 8 };

        Assert.Equal(Export(model, widths, Images(3), WeightStorage.Int8), Export(model, widths, Images(3), WeightStorage.Packed));
    }

    [Theory]
    [InlineData(8, WeightStorage.Int8)]
    [InlineData(5, WeightStorage.Int8)]
    [InlineData(4, WeightStorage.Packed)]
    public void Every_kernel_is_an_integer_one_after_optimisation(int bits, WeightStorage storage)
    {
        var onnx = Export(ResidualNetwork.Build(2, channels: 40), new BitWidths { Weights = bits, Activations = bits }, Images(2), storage);
        var operators = Optimized(onnx);

        Assert.Equal(3, operators.Count(name => name == "QLinearConv"));
        Assert.Contains("QLinearAdd", operators);
        Assert.Contains("QGemm", operators);
        Assert.DoesNotContain("Conv", operators);
        Assert.DoesNotContain("Add", operators);
    }

    [Fact]
    public void Gates_splits_and_a_lone_batch_norm_run_on_integers()
    {
        var operators = Optimized(Export(GatedNetwork.Build(2), new BitWidths(), Images(2), WeightStorage.Int8));

        Assert.Equal(4, operators.Count(name => name == "QLinearConv"));
        Assert.Equal(2, operators.Count(name => name == "QLinearMul"));
        Assert.Single(operators, "QLinearAdd");
        Assert.Single(operators, "QLinearSigmoid");
        Assert.Single(operators, "QLinearConcat");
        Assert.Single(operators, "Split");
        Assert.Single(operators, "QuantizeLinear");
        Assert.Empty(operators.Intersect(["BatchNormalization", "HardSigmoid", "Sigmoid", "Mul", "Add", "Conv", "DequantizeLinear"]));
    }

    // A sum is clipped at the range of its quantiser. Beyond 1, this differs from a hard sigmoid.
    [Theory]
    [InlineData(1f, "Add")]
    [InlineData(2f, "HardSigmoid")]
    public void A_hard_sigmoid_is_a_sum_where_its_quantiser_ends_at_1(float high, string expected)
    {
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(GatedNetwork.Build(1));
        var range = KeyValuePair.Create(FakeQuantizationInsertion.HighOf("hard.gate"), TensorData.Scalar(high));

        var exported = new QdqExport().Apply(new Model(student.Graph, student.Weights.With([range])));

        Assert.Equal(expected, exported.Graph.Producer("hard.gate")!.Operator);
    }

    [Fact]
    public void A_channel_that_its_batch_norm_switched_off_keeps_its_bias()
    {
        var model = ResidualNetwork.Build(4);
        var gamma = model.Weights["body.gamma"].As<float>().ToArray();
        gamma[0] = 0;
        gamma[1] = 1e-20f;
        model = new Model(model.Graph, model.Weights.With([KeyValuePair.Create("body.gamma", TensorData.Of<float>(gamma))]));

        AssertNearest(model, weights: 8, activations: 8, width: 1, seed: 4);
    }

    [Theory]
    [InlineData(8, 8, WeightStorage.Int8)]
    [InlineData(8, 4, WeightStorage.Int8)]
    [InlineData(7, 8, WeightStorage.Packed)]
    [InlineData(5, 8, WeightStorage.Int8)]
    [InlineData(4, 4, WeightStorage.Packed)]
    [InlineData(2, 2, WeightStorage.Int8)]
    public void No_input_saturates_a_layer_of_the_safe_range(int weights, int activations, WeightStorage storage)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var widths = new BitWidths { Weights = weights, Activations = activations };
            foreach (var model in new[] { ResidualNetwork.Build(seed, channels: 40), GatedNetwork.Build(seed) })
            {
                var bounds = Bounds(Export(model, widths, Images(seed), storage));

                Assert.NotEmpty(bounds);
                Assert.All(bounds, bound => Assert.False(bound.CanSaturate, bound.ToString()));
            }
        }
    }

    // After 4-bit activations, weights fill the byte. The bound must track the range through pooling and padding.
    [Fact]
    public void Inputs_of_few_bits_are_known_behind_a_pool_and_a_pad()
    {
        var builder = new GraphBuilder("pooled");
        var random = new Random(3);
        var x = builder.Input("x", new("N", 3, 12, 12));
        var y = builder.Add("Relu", [builder.Add("Conv", [x, Weight("first", 8, 3)], name: "first")], name: "relu");
        y = builder.Add("MaxPool", [y], Attributes.None.With("kernel_shape", [2L, 2L]).With("strides", [2L, 2L]), "pool");
        y = builder.Add("Pad", [y, builder.Constant("pads", 0, 0, 1, 1, 0, 0, 1, 1)], name: "pad");
        y = builder.Add("Relu", [builder.Add("Conv", [y, Weight("second", 8, 8)], name: "second")], name: "last");
        builder.Output(builder.Add("GlobalAveragePool", [y], name: "mean"), new("N", 8, 1, 1));
        var model = builder.Build();

        var bounds = Bounds(Export(model, new BitWidths { Weights = 4, Activations = 4 }, Images(3), WeightStorage.Int8));

        Assert.Equal(2, bounds.Length);
        Assert.All(bounds, bound => Assert.False(bound.CanSaturate, bound.ToString()));

        string Weight(string name, int outputs, int inputs) =>
            builder.Initializer(
                name + ".weight",
                TensorData.Of<float>(
                    [.. Enumerable.Range(0, outputs * inputs * 9).Select(_ => random.NextSingle() - 0.5f)],
                    outputs,
                    inputs,
                    3,
                    3
                )
            );
    }

    [Fact]
    public void The_full_range_saturates_where_inputs_have_8_bits_and_not_where_they_have_4()
    {
        var full = new BitWidths { Range = WeightRange.Full };

        Assert.Contains(Bounds(Export(ResidualNetwork.Build(1), full, Images(1), WeightStorage.Int8)), bound => bound.CanSaturate);

        // After 4-bit activations, 8-bit weights fill the byte even in the safe range.
        var student = new FakeQuantizationInsertion(new BitWidths { Activations = 4 }).Apply(ResidualNetwork.Build(1));
        var quantizers = FakeQuantizationInsertion
            .Layers(student.Graph)
            .Select(layer => Quantizer.Of(student.Graph.Producer(layer.Inputs[1]))!);
        Assert.Equal([(7, 64), (8, 127)], quantizers.Select(quantizer => (quantizer.Bits, quantizer.Largest)).Distinct().Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Weights_lie_on_the_grid_that_their_quantiser_states(bool isSymmetric)
    {
        var student = new FakeQuantizationInsertion(new BitWidths { Weights = 4 }).Apply(ResidualNetwork.Build(1));
        var node = student.Graph.Producer("inner.weight.quantized")!;
        var quantizer = Quantizer.Of(node)! with { IsSymmetric = isSymmetric };
        var builder = new GraphBuilder(student);
        builder.Replace(node, node with { Attributes = quantizer.ToAttributes() });

        var exported = new QdqExport().Apply(builder.Build());

        var weight = student.Weights["inner.weight"];
        var elements = weight.As<float>().ToArray();
        var gamma = student.Weights["inner.gamma"].As<float>().ToArray();
        var each = elements.Length / gamma.Length;
        var grids = quantizer.Over(weight);
        Assert.Equal(
            elements.Select(
                (element, i) => Math.Sign(gamma[i / each]) * quantizer.Spread(grids[i / each]) * grids[i / each].Quantize(element)
            ),
            exported.Weights["inner.conv.weight"].As<sbyte>().ToArray().Select(q => (int)q)
        );
    }

    // The kernel of processors without VNNI, in the two orders in which ONNX Runtime packs the weights of a convolution.
    [Theory]
    [InlineData(WeightRange.Safe)]
    [InlineData(WeightRange.Full)]
    public void Only_the_safe_range_is_exact_in_a_kernel_that_saturates(WeightRange range)
    {
        var saturated = 0;
        for (var seed = 0; seed < 5; seed++)
        {
            var student = new FakeQuantizationInsertion(new BitWidths { Range = range }).Apply(ResidualNetwork.Build(seed, channels: 13));
            var exported = new QdqExport().Apply(student);
            var weights = exported
                .Graph.Nodes.Where(node => node.Operator == "Conv")
                .Select(node => exported.Weights[exported.Graph.Producer(node.Inputs[1])!.Inputs[0]]);
            saturated += weights.Sum(weight =>
                SaturatingKernel
                    .Channels(weight)
                    .Sum(channel =>
                        SaturatingKernel
                            .HardestInputs(channel, new Random(seed))
                            .Count(input => SaturatingKernel.Product(input, channel) != SaturatingKernel.ExactProduct(input, channel))
                    )
            );
        }

        Assert.Equal(range == WeightRange.Full, saturated > 0);
    }

    private static ImmutableArray<SaturationBound> Bounds(byte[] onnx) => Kernels(onnx).Bounds;

    private static List<string> Optimized(byte[] onnx) => [.. Kernels(onnx).Operators.Select(node => node.Operator)];

    private static (ImmutableArray<OnnxOperator> Operators, ImmutableArray<SaturationBound> Bounds) Kernels(byte[] onnx)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (
                var options = new SessionOptions
                {
                    OptimizedModelFilePath = path,
                    LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
                }
            )
            {
                using var session = new InferenceSession(onnx, options);
            }

            return OnnxFile.ListKernels(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertNearest(Model model, int weights, int activations, double width, int seed)
    {
        var widths = new BitWidths { Weights = weights, Activations = activations };
        var student = Simulated(model, widths, Images(seed), width);
        var exported = new QdqExport().Apply(student);
        var bits = new FakeQuantizationInsertion(widths).Activations(model).ToDictionary();

        // After 8-bit activations, weights have at most 7 bits.
        var compared = ExportedLayers.Of(student, exported, bits, Math.Min(weights, 7), Images(seed));

        Assert.All(compared.Layers, layer => Assert.True(layer.Furthest <= Half, $"{layer.Value}: {layer.Furthest} steps"));
        Assert.Equal(Run(OnnxWriter.ToBytes(exported), Images(seed)), compared.Outputs);
        Assert.InRange(RelativeError(compared.ExpectedOutputs, compared.Outputs), 0, 1e-5);
    }

    // Ranges wide enough for anything that the network computes on these images.
    private static byte[] Export(Model model, BitWidths bits, float[] images, WeightStorage storage) =>
        OnnxWriter.ToBytes(new QdqExport(storage).Apply(Simulated(model, bits, images)));

    private static Model Simulated(Model model, BitWidths bits, float[] images, double width = 1)
    {
        var insertion = new FakeQuantizationInsertion(bits);
        var student = insertion.Apply(model);
        var ranges = insertion
            .Activations(model)
            .SelectMany(activation =>
            {
                var (low, high) = Extremes(model, activation.Key, images);
                return new[]
                {
                    KeyValuePair.Create(FakeQuantizationInsertion.LowOf(activation.Key), TensorData.Scalar((float)(width * low))),
                    KeyValuePair.Create(FakeQuantizationInsertion.HighOf(activation.Key), TensorData.Scalar((float)(width * high))),
                };
            });
        return new BiasRounding().Apply(new Model(student.Graph, student.Weights.With(ranges)));
    }

    private static (float Low, float High) Extremes(Model model, string value, float[] images)
    {
        if (value == "x")
        {
            return (images.Min(), images.Max());
        }

        var graph = model.Graph;
        var tapped = new Model(
            new Graph(
                graph.Name,
                graph.Inputs,
                graph.Initializers.Values,
                graph.Nodes,
                [new Value(value, new TensorType(ElementType.Float32, new("N", "C", "H", "W")))]
            ),
            model.Weights
        );
        var numbers = Run(OnnxWriter.ToBytes(tapped), images);
        return (numbers.Min(), numbers.Max());
    }

    private static float[] Images(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Batch * 3 * 12 * 12).Select(_ => random.NextSingle() * 4 - 2)];
    }

    private static float[] Run(byte[] onnx, float[] images)
    {
        using var session = new InferenceSession(onnx);
        using var input = OrtValue.CreateTensorValueFromMemory(images, [Batch, 3, 12, 12]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["x"], [input], session.OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static double RelativeError(float[] expected, float[] actual) =>
        expected.Zip(actual, (a, b) => (double)MathF.Abs(a - b)).Max() / expected.Max(MathF.Abs);
}
