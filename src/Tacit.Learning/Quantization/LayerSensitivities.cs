using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Inference.Contracts;
using Tacit.Learning.Execution;
using Tacit.Learning.Execution.Operators;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Measures how much each weight suffers from few bits.</summary>
/// <remarks>
/// The sensitivity of a weight to a number of bits is how far the outputs move, averaged over the samples, when this weight alone is
/// rounded to that number of bits. For classes it is KL(p_float || p_quantised), the divergence between the probabilities of the classes
/// (ZeroQ, CVPR 2020); see <see cref="OutputDistillation.Divergence"/>. Each step measures one weight at all its numbers of bits. It costs
/// one forward pass over the samples for each of them.
/// </remarks>
internal sealed class LayerSensitivities : ITrainingState, IDisposable
{
    private const string DivergencesName = "divergences";
    private const int Fewest = Quantizer.FewestBits;
    private const int Most = Quantizer.MostBits;
    private const int Widths = Most - Fewest + 1;
    private const int LoggedWidth = 4;
    private const int MostSamples = 128;
    private const long MostNumbers = 1 << 27; // of the outputs, which are kept in memory: 512 MiB

    private readonly string _stage;
    private readonly ImmutableArray<SharedWeight> _layers;
    private readonly GraphModule _module;
    private readonly TorchWeights _weights;
    private readonly OutputDistillation _outputs;
    private readonly List<(Tensor Samples, Activations Floats)> _batches = [];
    private readonly List<double[]> _divergences = [];

    /// <summary>Computes the outputs of the float network, with which those of the quantised ones are compared.</summary>
    /// <param name="stage">The name of this stage in the run.</param>
    /// <param name="teacher">The float network.</param>
    /// <param name="task">The meaning of its outputs.</param>
    /// <param name="layers">The weights to measure, in this order.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32. The first 128 are used, or fewer if the outputs are large.</param>
    /// <param name="device">The device to compute on.</param>
    public LayerSensitivities(
        string stage,
        Model teacher,
        NetworkTask task,
        ImmutableArray<SharedWeight> layers,
        TensorData samples,
        Device device
    )
    {
        using var gradients = no_grad();
        (_stage, _layers, _module) = (stage, layers, new GraphModule(teacher));
        _weights = TorchWeights.From(teacher, device, trainable: false);
        samples = samples.Rows(0, Math.Min(MostSamples, (int)samples.Sizes[0]));
        _outputs = OutputDistillation.Of(task, teacher, _weights, samples, new FineTuningOptions());
        var numbers = 0L;
        foreach (var part in EvaluationBatches.Of(samples).TakeWhile(_ => numbers < MostNumbers))
        {
            var batch = part.ToTensor(device).DetachFromDisposeScope();
            var floats = _module.Run(_weights, batch, taps: _outputs.Values);
            numbers += _outputs.Values.Sum(value => floats[value].numel());
            _batches.Add((batch, floats));
        }
    }

    /// <inheritdoc/>
    public long Done => _divergences.Count;

    /// <summary>The sensitivity of a weight that was measured, at least 0; it never falls with fewer bits.</summary>
    /// <param name="layer">The index of the weight.</param>
    /// <param name="width">The number of bits, 2 to 8.</param>
    public double this[int layer, int width] => _divergences[layer][width - Fewest];

    /// <summary>Measures the next weight. A weight without a choice is not measured; its sensitivities are 0.</summary>
    /// <returns>The sensitivity at 4 bits, as "divergence".</returns>
    public ImmutableSortedDictionary<string, double> Measure()
    {
        using var gradients = no_grad();
        var layer = _layers[_divergences.Count];
        using var original = _weights[layer.Name].clone();
        var row = new double[Widths];
        for (var width = Most; layer.Choices.Length > 1 && width >= Fewest; width--)
        {
            using var scope = NewDisposeScope();
            _weights.Set(layer.Name, FakeQuantize.Apply(original, null, null, Quantizer.OfWeights(width, layer.Axis)));
            var divergence = Divergence();

            // Fewer bits are never worth more.
            row[width - Fewest] = Math.Max(divergence, width < Most ? row[width + 1 - Fewest] : 0);
        }

        _weights.Set(layer.Name, original);
        _divergences.Add(row);
        return Losses.Of(("divergence", row[LoggedWidth - Fewest]));
    }

    /// <inheritdoc/>
    public Checkpoint Save() =>
        new Checkpoint(_stage, Done).With(DivergencesName, TensorData.Of<double>([.. _divergences.SelectMany(row => row)]));

    /// <inheritdoc/>
    public void Restore(Checkpoint checkpoint)
    {
        _divergences.Clear();
        _divergences.AddRange(checkpoint[DivergencesName].As<double>().ToArray().Chunk(Widths));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (samples, floats) in _batches)
        {
            samples.Dispose();
            floats.Dispose();
        }

        _outputs.Dispose();
        _weights.Dispose();
    }

    // The mean over all samples.
    private double Divergence()
    {
        var (sum, count) = (0.0, 0L);
        foreach (var (samples, floats) in _batches)
        {
            using var changed = _module.Run(_weights, samples, taps: _outputs.Values);
            sum += samples.shape[0] * _outputs.Divergence(changed, floats).ToDouble();
            count += samples.shape[0];
        }

        return sum / count;
    }
}
