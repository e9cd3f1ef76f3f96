using System.Globalization;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Conformance.Networks;

/// <summary>What became of a random network in 8 bits.</summary>
/// <param name="Decibels">
/// The signal-to-noise ratio of the quantised file to the original one in ONNX Runtime, for the worst output; null if it was refused or
/// broke.
/// </param>
/// <param name="Refusal">The line with which it was refused; null if it was not.</param>
/// <param name="Error">What went wrong that must not; null if nothing did.</param>
public sealed record FuzzOutcome(double? Decibels, string? Refusal, string? Error);

/// <summary>Quantises random networks from their files to 8 bits and compares the result with the original file.</summary>
/// <remarks>
/// The network is read as `tacit quantize` reads it, with all rewrites and their check. The ranges of activations are those of 32 noise
/// images. The comparison is on 8 others.
/// </remarks>
public static class QuantizationFuzz
{
    /// <summary>The signal-to-noise ratio below which a network counts as broken, in decibels.</summary>
    public const double LeastDecibels = 10;

    private const int Observed = 32;
    private const int Compared = 8;

    /// <summary>Quantises a network.</summary>
    public static FuzzOutcome Run(RandomNetwork network)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, network.Onnx);
            var decibels = Decibels(network, path);
            return new FuzzOutcome(
                decibels,
                null,
                decibels >= LeastDecibels
                    ? null
                    : string.Create(CultureInfo.InvariantCulture, $"the signal is {decibels:0.0} dB over the difference")
            );
        }
        catch (ContentException refusal) when (IsRefusal(refusal.Message))
        {
            return new FuzzOutcome(null, refusal.Message.Replace(path, "FILE", StringComparison.Ordinal), null);
        }
        catch (Exception error)
        {
            return new FuzzOutcome(null, null, $"{error.GetType().Name}: {error.Message}\n{error.StackTrace}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Returns the smallest network that still goes wrong, and what goes wrong with it.</summary>
    public static string Smallest(RandomNetwork network)
    {
        var smallest = network.Shrunk(smaller => Run(smaller).Error is not null);
        return $"{smallest}\n{Run(smallest).Error}";
    }

    // A message that asks for a report admits an error.
    private static bool IsRefusal(string message) =>
        !message.Contains('\n', StringComparison.Ordinal) && !message.Contains("please report it", StringComparison.Ordinal);

    private static double Decibels(RandomNetwork network, string path)
    {
        var source = QuantizationSource.Read(path);
        var shape = network.Model.Graph.Inputs[0].Type.Shape;
        var samples = new Draw(5).Floats(-2, 2, [Observed + Compared, .. shape.Skip(1).Select(size => size.Size)]);
        var isLast = source.Layout == ImageLayout.ChannelsLast;
        var observed = samples.Rows(0, Observed);
        var rounded = QuantizedNetwork.Rounded(source.Model, isLast ? observed.Transpose(0, 3, 1, 2) : observed, CancellationToken.None);
        var integers = new QdqExport().Apply(rounded);
        integers = isLast ? ChannelsLastInput.With(integers) : integers;
        var compared = samples.Rows(Observed, Compared);
        var expected = NetworkRun.Outputs(network.Model, File.ReadAllBytes(path), compared);
        var actual = NetworkRun.Outputs(integers, compared);
        return expected.Zip(actual, (one, other) => one.Length == other.Length ? SignalToNoise.Decibels(one, other) : double.NaN).Min();
    }
}
