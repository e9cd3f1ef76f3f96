using System.Collections.Immutable;
using System.Numerics;
using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>The estimators of the range of an activation.</summary>
public enum RangeEstimator
{
    /// <summary>The range from the lowest to the highest number that was observed, extended to include 0.</summary>
    MinMax,

    /// <summary>
    /// That range, multiplied by the factor among 1.00, 0.99, … 0.20 with the smallest mean squared error of rounding and clipping.
    /// </summary>
    MeanSquaredError,
}

/// <summary>Observes the activations of the float network on samples, and sets the ranges of quantisers from them.</summary>
/// <remarks>
/// The authors' code observes ranges on images of a generator that it trains for this purpose, with a running mean whose bias
/// correction is applied repeatedly. Here, the synthetic samples are observed, whose statistics match the training data. From
/// each batch, an even selection of 65,536 numbers of each activation is kept in memory.
/// </remarks>
public sealed class ActivationObserver
{
    private const int KeptOfBatch = 1 << 16;

    private readonly Model _student;
    private readonly ImmutableArray<(Node Node, Quantizer Quantizer)> _quantizers;
    private readonly Dictionary<string, Observed> _seen;

    /// <summary>Runs the float network once over the samples.</summary>
    /// <param name="teacher">The float network.</param>
    /// <param name="student">The same network with FakeQuantize nodes.</param>
    /// <param name="samples">The samples, (N, C, H, W) or (N, C, T, H, W), Float32.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public ActivationObserver(Model teacher, Model student, TensorData samples, Device device, CancellationToken cancellation)
    {
        _student = student;
        _quantizers = FakeQuantizationInsertion.OfActivations(student.Graph);
        _seen = _quantizers.ToDictionary(pair => pair.Node.Inputs[0], _ => new Observed(), StringComparer.Ordinal);
        var module = new GraphModule(teacher);
        using var gradients = no_grad();
        using var weights = TorchWeights.From(teacher, device, trainable: false);
        foreach (var part in EvaluationBatches.Of(samples))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = part.ToTensor(device);
            var activations = module.Run(weights, batch, taps: _seen.Keys);
            foreach (var (value, observed) in _seen)
            {
                observed.Add(activations[value], KeptOfBatch);
            }
        }
    }

    /// <summary>Returns the quantised network with its ranges set.</summary>
    /// <param name="estimator">The estimator of the ranges.</param>
    /// <exception cref="UnsuitableModelException">An activation was not finite.</exception>
    public Model Apply(RangeEstimator estimator)
    {
        var ranges = _quantizers.SelectMany(pair => Ranges(pair.Node, pair.Quantizer));
        return new Model(_student.Graph, _student.Weights.With(ranges), _student.Metadata);

        IEnumerable<KeyValuePair<string, TensorData>> Ranges(Node node, Quantizer quantizer)
        {
            var (low, high) = _seen[node.Inputs[0]].Range(estimator, quantizer);
            // The lowest float stands for minus infinity in pads of exporters.
            if (!(low > float.MinValue) || !(high < float.MaxValue))
            {
                throw new UnsuitableModelException(
                    $"the activation {node.Inputs[0]} is not finite: it lies between {low} and {high}, which no integers can stand for"
                )
                {
                    Node = node.Inputs[0],
                };
            }

            yield return KeyValuePair.Create(node.Inputs[1], TensorData.Scalar(low));
            yield return KeyValuePair.Create(node.Inputs[2], TensorData.Scalar(high));
        }
    }

    /// <summary>What was seen of one value: its extremes, and an even selection of its numbers.</summary>
    private sealed class Observed
    {
        private readonly List<float> _kept = [];
        private float _low;
        private float _high;

        public void Add(Tensor value, int most)
        {
            using var scope = NewDisposeScope();
            _low = MathF.Min(_low, value.min().ToSingle());
            _high = MathF.Max(_high, value.max().ToSingle());
            var flat = value.flatten();
            var stride = Math.Max(1, flat.numel() / most);

            // A step that shares a factor with the sizes would meet the same pixels or channels again and again.
            while (BigInteger.GreatestCommonDivisor(stride, flat.numel()) > 1)
            {
                stride++;
            }

            _kept.AddRange(flat[TensorIndex.Slice(null, null, stride)].cpu().contiguous().data<float>().ToArray());
        }

        public (float Low, float High) Range(RangeEstimator estimator, Quantizer quantizer)
        {
            if (estimator == RangeEstimator.MinMax)
            {
                return (_low, _high);
            }

            using var scope = NewDisposeScope();
            var numbers = tensor(_kept.ToArray());
            var (best, factor) = (double.PositiveInfinity, 1f);
            for (var percent = 100; percent >= 20; percent--)
            {
                using var trial = NewDisposeScope();
                var grid = quantizer.Over(_low * percent / 100, _high * percent / 100);
                var rounded = (numbers / grid.Scale).round_().clamp_(grid.Lowest, grid.Highest).mul_(grid.Scale);
                var error = rounded.sub_(numbers).square().mean().ToDouble();
                if (error < best)
                {
                    (best, factor) = (error, percent / 100f);
                }
            }

            return (_low * factor, _high * factor);
        }
    }
}
