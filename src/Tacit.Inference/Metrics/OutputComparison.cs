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
public sealed record OutputDifference(string Name, double Decibels, double LargestDifference, double LargestValue)
{
    /// <summary>The mean over the samples of the cosine similarity between both outputs, -1 to 1.</summary>
    public required double Cosine { get; init; }

    /// <summary>
    /// The share of samples for which both networks choose the same class, 0 to 1: the one with the highest score in a vector of scores, or
    /// the first of a list of integers. Null if the output is neither.
    /// </summary>
    public required double? Agreement { get; init; }

    /// <summary>Whether the output consists of whole numbers, such as indices of classes. Their signal-to-noise ratio says little.</summary>
    public bool IsInteger { get; init; }

    /// <summary>The share of equal elements, 0 to 1.</summary>
    public required double Equal { get; init; }

    /// <summary>
    /// Returns the lowest signal-to-noise ratio of floating-point outputs, in decibels; infinity if all outputs are whole numbers.
    /// </summary>
    /// <param name="outputs">The outputs.</param>
    public static double Lowest(IEnumerable<OutputDifference> outputs) =>
        outputs.Where(output => !output.IsInteger).Select(output => output.Decibels).DefaultIfEmpty(double.PositiveInfinity).Min();
}

/// <summary>Compares the outputs of two networks on the same samples, batch by batch.</summary>
/// <remarks>An instance is not safe for use by several threads.</remarks>
/// <example><code>
/// var comparison = OutputComparison.Of(original, quantized);
/// comparison.Add(original.RunAll(batch), quantized.RunAll(batch), samples: 16);
/// Console.WriteLine($"{comparison.Differences[0].Decibels:0.0} dB");
/// </code></example>
public sealed class OutputComparison
{
    private readonly ImmutableArray<Sums> _sums;

    /// <summary>Prepares a comparison of outputs that have the same names in both networks.</summary>
    /// <param name="outputs">The names of the outputs, in the order of <see cref="Differences"/>.</param>
    public OutputComparison(params IEnumerable<string> outputs)
        : this(outputs.Select(output => (output, output))) { }

    private OutputComparison(IEnumerable<(string Name, string Other)> outputs) =>
        _sums = [.. outputs.Select(output => new Sums(output.Name, output.Other))];

    /// <summary>The differences over all samples so far, in the order of the outputs of the reference.</summary>
    public ImmutableArray<OutputDifference> Differences => [.. _sums.Select(sums => sums.Difference)];

    /// <summary>The lowest signal-to-noise ratio of a floating-point output, in decibels; infinity if there is none.</summary>
    public double LowestDecibels => OutputDifference.Lowest(Differences);

    /// <summary>Prepares a comparison of all outputs of two networks.</summary>
    /// <remarks>Outputs are matched by name, or by position if their names differ.</remarks>
    /// <param name="reference">The network that the other one is measured against.</param>
    /// <param name="other">The other network.</param>
    /// <exception cref="UnsuitableModelException">The networks have different numbers of outputs, or no output is a tensor of numbers.</exception>
    public static OutputComparison Of(OnnxSession reference, OnnxSession other)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(other);
        if (reference.Outputs.Length != other.Outputs.Length)
        {
            throw Unsuitable($"it has {other.Outputs.Length} outputs, {reference.Name} has {reference.Outputs.Length}");
        }

        var names = other.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var sameNames = reference.Outputs.All(output => names.Contains(output.Name));
        var pairs = reference
            .Outputs.Select((output, i) => (output, Other: sameNames ? output.Name : other.Outputs[i].Name))
            .Where(pair => TensorValues.Gives(pair.output.Type.Element))
            .Select(pair => (pair.output.Name, pair.Other))
            .ToList();
        return pairs.Count > 0 ? new OutputComparison(pairs) : throw Unsuitable("no output is a tensor of numbers");

        UnsuitableModelException Unsuitable(string reason) =>
            new($"{other.Name} cannot be compared with {reference.Name}: {reason}") { Path = other.Name };
    }

    /// <summary>Adds the outputs of a batch.</summary>
    /// <param name="reference">The outputs of the reference, by name; see <see cref="OnnxSession.RunAll(TensorData)"/>.</param>
    /// <param name="other">The outputs of the other network for the same batch, by name.</param>
    /// <param name="samples">The number of samples in the batch, at least 1.</param>
    /// <exception cref="UnsuitableModelException">The types or shapes of an output differ.</exception>
    public void Add(IReadOnlyDictionary<string, TensorData> reference, IReadOnlyDictionary<string, TensorData> other, int samples)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        foreach (var sums in _sums)
        {
            var expected = reference[sums.Name];
            if (!other.TryGetValue(sums.Other, out var actual) || actual.Element != expected.Element || actual.Count != expected.Count)
            {
                throw new UnsuitableModelException(
                    $"the outputs cannot be compared: {sums.Name} is {expected.Type} in one network and {(actual is null ? "no tensor of numbers" : actual.Type)} in the other"
                );
            }

            sums.Add(expected, actual, expected.Count % samples == 0 ? samples : 1);
        }
    }

    private sealed class Sums(string name, string other)
    {
        private double _signal;
        private double _noise;
        private double _largestDifference;
        private double _largestValue;
        private double _cosines;
        private int _rows;
        private double _same;
        private bool _hasClasses = true;
        private bool _isInteger;
        private long _elements;
        private long _equal;

        public string Name => name;

        public string Other => other;

        public OutputDifference Difference =>
            new(name, SignalToNoise.Decibels(_signal, _noise), _largestDifference, _largestValue)
            {
                Cosine = _cosines / _rows,
                Agreement = _hasClasses ? _same / _rows : null,
                IsInteger = _isInteger,
                Equal = _elements > 0 ? (double)_equal / _elements : 1,
            };

        public void Add(TensorData expected, TensorData actual, int rows)
        {
            var reference = Numbers(expected);
            var values = Numbers(actual);
            // N x D, or N x D x 1 x 1. N x A x 1 is a number for each of A anchors.
            var isVector = expected.Sizes.Length != 3 && expected.Sizes.Skip(2).All(size => size == 1);
            _hasClasses &= isVector && reference.Length > 0 && (expected.Element != ElementType.Float32 || reference.Length > rows);
            _isInteger = expected.Element != ElementType.Float32;
            _rows += rows;
            if (reference.IsEmpty)
            {
                _cosines += rows;
                return;
            }

            Add(reference, values);
            _cosines += rows * Scores.CosineSimilarity(reference, values, rows);
            if (_hasClasses)
            {
                _same +=
                    expected.Element == ElementType.Float32
                        ? rows * Scores.Agreement(reference, values, rows)
                        : Same(expected, actual, rows);
            }
        }

        private static ReadOnlySpan<float> Numbers(TensorData tensor) =>
            tensor.Element == ElementType.Float32 ? tensor.As<float>() : Array.ConvertAll(tensor.ToInt64(), number => (float)number);

        private void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
        {
            for (var i = 0; i < expected.Length; i++)
            {
                var difference = actual[i].Equals(expected[i]) ? 0 : (double)actual[i] - expected[i]; // equal infinities do not differ
                _elements++;
                _equal += difference == 0 ? 1 : 0;
                _signal += (double)expected[i] * expected[i];
                _noise += difference * difference;
                _largestValue = Math.Max(_largestValue, Math.Abs((double)expected[i]));
                _largestDifference = Math.Max(
                    _largestDifference,
                    double.IsFinite(difference) ? Math.Abs(difference) : double.PositiveInfinity
                );
            }
        }

        // Of lists of integers, such as the classes with the highest scores.
        private static int Same(TensorData expected, TensorData actual, int rows)
        {
            var (reference, values) = (expected.ToInt64(), actual.ToInt64());
            var columns = reference.Length / rows;
            return Enumerable.Range(0, rows).Count(row => reference[row * columns] == values[row * columns]);
        }
    }
}
