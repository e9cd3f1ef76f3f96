using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;

namespace Tacit.Learning.Quantization;

/// <summary>Samples of one kind: some to learn from, and some held out to judge the result by.</summary>
/// <param name="Name">What the samples are, for the report: "synthetic samples", "images", "clips" or "noise".</param>
/// <param name="Kept">The samples to learn from, (N, C, ...), Float32.</param>
/// <param name="HeldOut">The samples to judge by, (M, C, ...), Float32; at least one.</param>
internal sealed record SamplePool(string Name, TensorData Kept, TensorData HeldOut)
{
    /// <summary>The name of a pool of random images, which serves where nothing else is available.</summary>
    public const string Noise = "noise";

    private const int NoiseCount = 64;

    /// <summary>Returns what a network can be quantised by: synthetic samples first, then images; noise if there is neither.</summary>
    /// <param name="source">The float network.</param>
    /// <param name="samples">Synthetic samples; null for none.</param>
    /// <param name="images">Images or clips of the user's own; null for none.</param>
    /// <param name="options">The share that is held out, and whether noise may be used.</param>
    /// <exception cref="UnsuitableModelException">There is nothing to quantise the network by.</exception>
    /// <exception cref="InvalidDatasetException">The samples are of another network, the images of another size, or too few.</exception>
    public static ImmutableArray<SamplePool> Of(
        QuantizationSource source,
        SyntheticSet? samples,
        CalibrationData? images,
        QuantizationOptions options
    )
    {
        var sample = SampleShape.Of(source.Model);
        var pools = ImmutableArray.CreateBuilder<SamplePool>();
        if (samples is not null)
        {
            pools.Add(Of("synthetic samples", Checked(samples, source, sample), options.HeldOut));
        }

        if (images is not null)
        {
            var kind = source.Contract.Samples;
            pools.Add(
                images.Images.Sizes.Skip(1).SequenceEqual(sample)
                    ? Of(kind, images.Images, options.HeldOut)
                    : throw new InvalidDatasetException(
                        $"the {kind} of {images.Source} are prepared as {images.Images.Shape}, but the network takes {Shape.Of(sample)}; prepare them at that size ({nameof(Preprocessing)}.{nameof(Preprocessing.Width)})"
                    )
            );
        }

        if (pools.Count == 0)
        {
            pools.Add(
                options.AllowRounding
                    ? Of(Noise, NoiseImages.Of(NoiseCount, sample, options.FineTuning.Seed), options.HeldOut)
                    : throw new UnsuitableModelException(
                        $"there is nothing to quantise the network by: no batch norms to synthesise samples from, and no images; give {nameof(CalibrationData)}, or take what plain rounding gives with {nameof(QuantizationOptions)}.{nameof(QuantizationOptions.AllowRounding)}"
                    )
            );
        }

        return pools.ToImmutable();
    }

    private static SamplePool Of(string name, TensorData samples, double share)
    {
        var count = (int)samples.Sizes[0];
        var heldOut = Math.Max(1, (int)(count * share));
        return count - heldOut >= 1
            ? new SamplePool(name, samples.Rows(0, count - heldOut), samples.Rows(count - heldOut, heldOut))
            : throw new InvalidDatasetException($"{count} {name} are too few: one part trains, another evaluates; use at least 2");
    }

    private static TensorData Checked(SyntheticSet samples, QuantizationSource source, long[] sample)
    {
        if (samples.Task != source.Task)
        {
            throw new InvalidDatasetException(
                $"the samples were synthesised for {Text(samples.Task)}, but the outputs of the network are taken for {Text(source.Task)}; give the same {nameof(QuantizationSource)}.{nameof(QuantizationSource.Task)} to both"
            );
        }

        return samples.ModelHash == source.Hash && samples.Images.Sizes.Skip(1).SequenceEqual(sample)
            ? samples.Images
            : throw new InvalidDatasetException(
                $"the samples ({samples.Images.Shape}) were synthesised from another network than this one ({Shape.Of(sample)}); synthesise them again"
            );
    }

    private static string Text(NetworkTask task) => task.ToString().ToLowerInvariant();
}
