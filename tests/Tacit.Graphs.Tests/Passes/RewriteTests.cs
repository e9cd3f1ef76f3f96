using Tacit.Conformance.Networks;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;

namespace Tacit.Graphs.Tests.Passes;

// Every rewrite that leaves the function as it is, on random networks. The reference is ONNX Runtime, which runs the network as it was.
public sealed class RewriteTests
{
    private const int Networks = 300;
    private const double Tolerance = 2e-4;

    private static readonly Dictionary<string, Func<Model, Model>> Passes = new(StringComparer.Ordinal)
    {
        ["reading"] = model => OnnxReader.Read(OnnxWriter.ToBytes(model)),
        [nameof(BatchOpening)] = new BatchOpening().Apply,
        [nameof(ConstantFolding)] = model => ConstantFolding.Apply(model),
        [nameof(WeightArrangement)] = WeightArrangement.Apply,
        [nameof(ChannelsFirst)] = ChannelsFirst.Apply,
        [nameof(Rectifiers)] = Rectifiers.Apply,
        [nameof(PoolingPads)] = PoolingPads.Apply,
        [nameof(GlobalMeans)] = GlobalMeans.Apply,
        [nameof(LinearBias)] = LinearBias.Apply,
        [nameof(DecomposedBatchNormFolding)] = DecomposedBatchNormFolding.Apply,
        [nameof(ChannelsLastInput)] = model =>
            ChannelsLastInput.IsIn(model) ? ChannelsLastInput.With(ChannelsLastInput.Without(model)) : model,
        [nameof(BatchNormFolding)] = BatchNormFolding.Apply,
    };

    private static readonly Lazy<Reference>[] References =
    [
        .. Enumerable.Range(0, Networks).Select(seed => new Lazy<Reference>(() => new Reference(RandomNetwork.Images(seed)))),
    ];

    public static TheoryData<string> Names => [.. Passes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_pass_alone_computes_the_same(string name)
    {
        var changed = 0;
        Each(reference =>
        {
            var rewritten = Passes[name](reference.Network.Model);
            changed += GraphText.Of(rewritten) == GraphText.Of(reference.Network.Model) ? 0 : 1;
            return reference.Difference(rewritten);
        });
        Assert.True(name == "reading" || changed >= Networks / 50, $"{name} changes {changed} networks of {Networks}");
    }

    [Fact]
    public void All_passes_in_order_compute_the_same() =>
        Each(reference =>
        {
            var form = reference.Network.Model;
            return Passes
                .Values.Select(pass => reference.Difference(form = pass(form)))
                .FirstOrDefault(difference => difference is not null);
        });

    [Fact]
    public void A_canonical_network_stays_as_it_is() =>
        Each(reference =>
        {
            var once = Canonicalization.Apply(ConstantFolding.Apply(reference.Network.Model));
            return ReferenceEquals(once, Canonicalization.Apply(once)) ? null : "it changes the second time";
        });

    private static void Each(Func<Reference, string?> difference)
    {
        foreach (var reference in References)
        {
            if (Message(reference.Value) is not null)
            {
                var smallest = reference.Value.Network.Shrunk(smaller => Message(new Reference(smaller)) is not null);
                Assert.Fail($"{smallest}\n{Message(new Reference(smallest))}");
            }
        }

        string? Message(Reference reference)
        {
            try
            {
                return difference(reference);
            }
            catch (Exception exception)
            {
                return $"{exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}";
            }
        }
    }

    // A network and what ONNX Runtime computes from it.
    private sealed class Reference(RandomNetwork network)
    {
        private readonly TensorData _samples = NetworkRun.Noise(network.Model);
        private readonly Lazy<float[][]> _outputs = new(() => NetworkRun.Outputs(network.Model, NetworkRun.Noise(network.Model)));

        public RandomNetwork Network => network;

        public string? Difference(Model rewritten) =>
            !ReferenceEquals(rewritten, network.Model)
            && NetworkRun.Difference(_outputs.Value, NetworkRun.Outputs(rewritten, _samples)) is > Tolerance and var much
                ? $"the outputs differ by {much:0.0e0}\n{GraphText.Of(rewritten)}"
                : null;
    }
}
