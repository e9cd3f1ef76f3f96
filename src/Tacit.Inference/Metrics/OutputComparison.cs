using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Metrics;

/// <summary>The difference between an output of two networks.</summary>
/// <param name="Name">The name of the output in the reference.</param>
/// <param name="Decibels">
/// The signal-to-noise ratio in decibels, 10 · log10(Σ reference² / Σ (other - reference)²); infinity if all values are equal.
/// </param>
/// <param name="LargestDifference">The largest absolute difference between two corresponding values; infinity if one is not finite.</param>
/// <param name="LargestValue">The largest magnitude of the reference.</param>
public sealed record OutputDifference(string Name, double Decibels, double LargestDifference, double LargestValue);

/// <summary>Compares the outputs of two networks on the same samples, batch by batch.</summary>
/// <remarks>
/// Outputs are matched by name, or by position if their names differ. Outputs that are not floating-point tensors are not
/// compared. An instance is not safe for use by several threads.
/// </remarks>
/// <example><code>
/// var comparison = new OutputComparison(original, quantized);
/// comparison.Add(batch, batch);
/// Console.WriteLine($"{comparison.Differences[0].Decibels:0.0} dB");
/// </code></example>
public sealed class OutputComparison
{
    private readonly OnnxSession _reference;
    private readonly OnnxSession _other;
    private readonly ImmutableArray<Sums> _sums;

    /// <summary>Prepares a comparison.</summary>
    /// <param name="reference">The network that the other one is measured against. The caller disposes it.</param>
    /// <param name="other">The other network. The caller disposes it.</param>
    /// <exception cref="UnsuitableModelException">The networks have different numbers of outputs, or none that can be compared.</exception>
    public OutputComparison(OnnxSession reference, OnnxSession other)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(other);
        (_reference, _other) = (reference, other);
        if (reference.Outputs.Length != other.Outputs.Length)
        {
            throw Unsuitable($"it has {other.Outputs.Length} outputs, {reference.Name} has {reference.Outputs.Length}");
        }

        var names = other.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var sameNames = reference.Outputs.All(output => names.Contains(output.Name));
        _sums =
        [
            .. reference
                .Outputs.Select((output, i) => (output, Other: sameNames ? output.Name : other.Outputs[i].Name))
                .Where(pair => FloatValues.Takes(pair.output.Type.Element))
                .Select(pair => new Sums(pair.output.Name, pair.Other)),
        ];
        if (_sums.IsEmpty)
        {
            throw Unsuitable("no output is a floating-point tensor");
        }
    }

    /// <summary>The differences over all samples so far, in the order of the outputs of the reference.</summary>
    public ImmutableArray<OutputDifference> Differences => [.. _sums.Select(sums => sums.Difference)];

    /// <summary>The outputs of the reference that are not floating-point tensors and therefore not compared.</summary>
    public ImmutableArray<Value> Skipped => [.. _reference.Outputs.Where(output => !FloatValues.Takes(output.Type.Element))];

    /// <summary>Runs both networks on a batch.</summary>
    /// <param name="batch">The batch as the reference takes it, (N, ...), Float32.</param>
    /// <param name="otherBatch">The same samples as the other network takes them, for example in another order of the axes.</param>
    /// <exception cref="ArgumentException">A batch does not have the shape of the input.</exception>
    /// <exception cref="UnsuitableModelException">A network cannot run, or the shapes of the outputs differ.</exception>
    public void Add(TensorData batch, TensorData otherBatch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(otherBatch);
        var (expected, actual) = (Run(_reference, batch), Run(_other, otherBatch));
        foreach (var sums in _sums)
        {
            if (!actual.TryGetValue(sums.Other, out var values) || !values.Sizes.SequenceEqual(expected[sums.Name].Sizes))
            {
                throw Unsuitable(
                    $"its output {sums.Other} is {(values is null ? "no floating-point tensor" : values.Shape)}, {sums.Name} of {_reference.Name} is {expected[sums.Name].Shape}"
                );
            }

            sums.Add(expected[sums.Name].As<float>(), values.As<float>());
        }
    }

    private static IReadOnlyDictionary<string, TensorData> Run(OnnxSession session, TensorData batch) =>
        session.RunAll(batch.As<float>().ToArray(), [.. batch.Sizes]);

    private UnsuitableModelException Unsuitable(string reason) =>
        new($"{_other.Name} cannot be compared with {_reference.Name}: {reason}") { Path = _other.Name };

    private sealed class Sums(string name, string other)
    {
        private double _signal;
        private double _noise;
        private double _largestDifference;
        private double _largestValue;

        public string Name => name;

        public string Other => other;

        public OutputDifference Difference => new(name, SignalToNoise.Decibels(_signal, _noise), _largestDifference, _largestValue);

        public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
        {
            for (var i = 0; i < expected.Length; i++)
            {
                var difference = actual[i].Equals(expected[i]) ? 0 : (double)actual[i] - expected[i]; // equal infinities do not differ
                _signal += (double)expected[i] * expected[i];
                _noise += difference * difference;
                _largestValue = Math.Max(_largestValue, Math.Abs((double)expected[i]));
                _largestDifference = Math.Max(
                    _largestDifference,
                    double.IsFinite(difference) ? Math.Abs(difference) : double.PositiveInfinity
                );
            }
        }
    }
}
