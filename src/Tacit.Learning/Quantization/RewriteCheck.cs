using System.Globalization;
using Tacit.Graphs;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization.Hast;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Checks that a network that was read and rewritten computes in TorchSharp what ONNX Runtime computes from its file.</summary>
internal static class RewriteCheck
{
    /// <summary>
    /// The largest difference that passes, relative to the largest number of the tensor. The error of single precision is smaller,
    /// even in deep networks.
    /// </summary>
    public const double Tolerance = 1e-3;

    /// <summary>The largest difference that passes if the file computes in half precision, whose numbers have three digits.</summary>
    public const double HalfTolerance = 3e-2;

    /// <summary>
    /// The largest difference that passes in the result of an exponential whose operand is equal. Of a large number x, an error of 1e-4
    /// parts becomes an error of x · 1e-4 parts.
    /// </summary>
    public const double ExponentialTolerance = 3e-2;

    private const int FewSamples = 8;
    private const double MostSwapped = 0.25;
    private static readonly HashSet<string> Exponentials = ["Sigmoid", "Softmax", "Exp"];

    /// <summary>Compares the outputs for a few random samples.</summary>
    /// <param name="source">The network and its file.</param>
    /// <exception cref="UnsuitableModelException">
    /// The outputs differ or are not finite, or the file was exported in training mode. The message names the first value that
    /// differs.
    /// </exception>
    /// <exception cref="InvalidFileException">ONNX Runtime cannot run the file.</exception>
    public static void Check(QuantizationSource source)
    {
        if (source.Original.Traits.IsInTrainingMode)
        {
            throw new UnsuitableModelException(
                $"{source.Original.Name} was exported in training mode, in which batch norms follow each batch; call model.eval() before the export, with training=TrainingMode.PRESERVE"
            )
            {
                Path = source.Original.Name,
            };
        }

        var sample = SampleShape.Of(source.Model);
        using var session = source.Original.Open();

        // Two batches at once, where they are no more than a few samples: that samples are kept apart can be seen.
        var batch = session.Contract.Batch ?? 2;
        var samples = NoiseImages.Of(2 * batch <= FewSamples ? 2 * batch : batch, sample, seed: 0);
        var expected = NetworkOutputs.InRuntime(session, samples, source.Layout);
        if (expected.Values.Any(output => output.Element == ElementType.Float32 && !AreFinite(output.As<float>())))
        {
            throw new UnsuitableModelException(
                $"{source.Original.Name} gives numbers that are not finite for random samples in ONNX Runtime; it cannot be quantised"
            )
            {
                Path = source.Original.Name,
            };
        }

        using var weights = TorchWeights.From(source.Model, CPU, trainable: false);
        var actual = NetworkOutputs.InTorch(new GraphModule(source.Model), weights, samples);
        foreach (var (output, wanted) in expected)
        {
            if (Difference(source, wanted, actual[output]) is { } difference)
            {
                var (value, share) = FirstDifferent(source, samples.Rows(0, batch)) ?? (output, difference);
                if (share <= ExponentialTolerance && source.Model.Graph.Producer(value) is { } last && Exponentials.Contains(last.Operator))
                {
                    continue;
                }

                throw new UnsuitableModelException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{source.Original.Name} is read as another network than ONNX Runtime runs, and is not quantised: the first value that differs is {value}, by {share:0.0e0} of its largest number; please report it"
                    )
                )
                {
                    Path = source.Original.Name,
                    Node = value,
                };
            }
        }
    }

    // Null where there is none that matters. Whole numbers are indices of the largest numbers; almost equal numbers may change places.
    private static double? Difference(QuantizationSource source, TensorData expected, TensorData actual)
    {
        var difference =
            expected.Count != actual.Count || expected.Element != actual.Element ? double.PositiveInfinity
            : expected.Element == ElementType.Float32 ? RelativeDifference.Of(expected.As<float>(), actual.As<float>())
            : Different(expected.ToInt64(), actual.ToInt64()) <= MostSwapped ? 0
            : double.PositiveInfinity;
        return difference <= (source.Original.Traits.HasHalfPrecision ? HalfTolerance : Tolerance) ? null : difference;
    }

    private static double Different(long[] expected, long[] actual) =>
        expected.Zip(actual).Count(pair => pair.First != pair.Second) / (double)Math.Max(1, expected.Length);

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    // The first value in the order of computation that both have, in one shape, and that differs.
    private static (string Value, double Share)? FirstDifferent(QuantizationSource source, TensorData batch)
    {
        var names = source.Model.Graph.Nodes.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        using var session = source.Original.Open(names);
        var expected = NetworkOutputs.InRuntime(session, batch, source.Layout);
        using var gradients = no_grad();
        using var weights = TorchWeights.From(source.Model, CPU, trainable: false);
        using var input = batch.ToTensor();
        using var activations = new GraphModule(source.Model).Run(weights, input, taps: [.. expected.Keys.Where(names.Contains)]);
        foreach (var value in session.Outputs.Select(output => output.Name).Where(expected.ContainsKey))
        {
            var actual = activations[value].ToData();
            if (
                actual.Element == ElementType.Float32
                && actual.Shape.Equals(expected[value].Shape)
                && Difference(source, expected[value], actual) is { } share
            )
            {
                return (value, share);
            }
        }

        return null;
    }
}
