using System.Security.Cryptography;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Quantization;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>Verifies the bytes of files that are quantised without training.</summary>
[NoTensorLeaks]
public sealed class ExportedFilesTests
{
    private static readonly (string Name, Model Model)[] Networks =
    [
        ("residual", WholeNumberNetworks.Residual()),
        ("separable", WholeNumberNetworks.Separable()),
        ("clips", WholeNumberNetworks.Clips()),
    ];

    public static TheoryData<int> Places => [.. Enumerable.Range(0, Networks.Length)];

    [Fact]
    public void Files_have_the_hashes_they_had()
    {
        var lines =
            from network in Networks
            from bits in new[] { 8, 4, 3 }
            from range in Enum.GetValues<WeightRange>()
            let widths = new BitWidths
            {
                Weights = bits,
                Activations = bits,
                Range = range,
            }
            let hash = Convert.ToHexStringLower(SHA256.HashData(Export(network.Model, widths)))
            select $"{network.Name, -10} {widths} {range.ToString().ToLowerInvariant(), -5} {hash}";

        Expectation.Matches("exported-files", string.Join('\n', lines));
    }

    // Below 2^24 a float holds every integer, so sums are the same in any order.
    [Theory]
    [MemberData(nameof(Places))]
    public void Sums_are_exact(int place)
    {
        var model = Networks[place].Model;
        var student = Observed(model, new BitWidths());
        var layers = FakeQuantizationInsertion.Layers(model.Graph);

        Assert.All(
            layers[..^1],
            layer => Assert.InRange(Largest(layer.Inputs[0]) * LargestSum(model.Weights[layer.Inputs[1]]), 1, 1 << 24)
        );
        Assert.InRange(Largest("pool") * PooledPixels(model), 1, 1 << 24);

        float Largest(string value) =>
            MathF.Max(
                -student.Weights[FakeQuantizationInsertion.LowOf(value)].As<float>()[0],
                student.Weights[FakeQuantizationInsertion.HighOf(value)].As<float>()[0]
            );
    }

    private static byte[] Export(Model model, BitWidths bits)
    {
        var rounded = new BiasRounding(WeightStorage.Packed).Apply(Observed(model, bits));
        return OnnxWriter.ToBytes(new QdqExport(WeightStorage.Packed).Apply(rounded));
    }

    private static Model Observed(Model model, BitWidths bits)
    {
        var student = new FakeQuantizationInsertion(bits).Apply(model);
        var samples = WholeNumberNetworks.Samples(model);
        return new ActivationObserver(model, student, samples, CPU, TestContext.Current.CancellationToken).Apply(RangeEstimator.MinMax);
    }

    // The sum of the magnitudes of the weights of one output.
    private static float LargestSum(TensorData weight) =>
        weight.As<float>().ToArray().Chunk((int)(weight.Count / weight.Sizes[0])).Max(row => row.Sum(MathF.Abs));

    private static long PooledPixels(Model model) =>
        Graphs
            .Operators.ShapeInference.Infer(model)[model.Graph.Nodes.Single(node => node.Name == "pool").Inputs[0]]
            .Shape.Skip(2)
            .Aggregate(1L, (product, size) => product * size.Size);
}
