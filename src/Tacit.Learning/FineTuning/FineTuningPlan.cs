using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Networks;

namespace Tacit.Learning.FineTuning;

/// <summary>Contains everything about a fine-tuning that is decided before the first step.</summary>
/// <remarks>The plan depends only on the options, the encoder and the list of videos. A resumed run computes the same plan.</remarks>
internal sealed record FineTuningPlan
{
    /// <summary>The classifier with its initial weights and the metadata of the finished one, including the names of the classes.</summary>
    public required Model Network { get; init; }

    /// <summary>The names of the classes in the order of the outputs, which is ordinal order; at least two.</summary>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The class of each video of the set, an index into <see cref="Classes"/>.</summary>
    public required ImmutableArray<int> Labels { get; init; }

    /// <summary>The indices of the videos that are trained on, ascending; at least one batch.</summary>
    public required ImmutableArray<int> Training { get; init; }

    /// <summary>
    /// The indices of the held-out videos, ascending. Empty if the last epoch is taken. See <see cref="ValidationPart"/>.
    /// </summary>
    public required ImmutableArray<int> Validation { get; init; }

    /// <summary>The preprocessing of test clips, from the metadata of the encoder.</summary>
    public required ClipPreprocessing Preprocessing { get; init; }

    /// <summary>
    /// The augmentation of training clips, with the size and normalisation of <see cref="Preprocessing"/>. It works in RGB; if the encoder
    /// takes BGR, mean and deviation are reversed here, and the channels are reversed afterwards.
    /// </summary>
    public required AugmentationOptions Augmentation { get; init; }

    /// <summary>The number of full batches in a pass over the training videos. The remaining videos of a pass are skipped.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>The total number of steps: epochs · <see cref="StepsPerEpoch"/>.</summary>
    public required long Steps { get; init; }

    /// <summary>
    /// How training clips are drawn: one per video and pass, from a random window, at the stride of <see cref="Preprocessing"/>.
    /// </summary>
    public required ClipDrawing Drawing { get; init; }

    /// <summary>Creates the plan of a fine-tuning.</summary>
    /// <param name="options">The options.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="train">The labelled videos, including those that will be held out.</param>
    /// <exception cref="UnsuitableModelException">The encoder cannot be fine-tuned.</exception>
    /// <exception cref="InvalidDatasetException">
    /// A video has no class, all have the same class, the held-out part cannot be formed, or too few videos remain for one batch.
    /// </exception>
    public static FineTuningPlan Of(VideoFineTuningOptions options, Model encoder, IFrameStore train)
    {
        var clip = ClassificationHead.Check(encoder);
        var (classes, labels, groups) = LabelledFeatures.Number(train.Videos);
        if (classes.Length < 2)
        {
            throw new InvalidDatasetException(
                $"all {labels.Length} training videos are of the class {classes[0]}; at least two classes are needed to tell apart"
            );
        }

        var validation = ValidationPart.Of(labels, groups, options.Validation, options.Seed);
        ImmutableArray<int> training = [.. Enumerable.Range(0, labels.Length).Except(validation)];
        if (training.Length < options.BatchSize)
        {
            var held = validation.IsEmpty ? "" : $" ({labels.Length} less {validation.Length} held out for validation)";
            throw new InvalidDatasetException(
                $"a batch of {options.BatchSize} videos cannot be drawn from {training.Length}{held}; make the batch smaller"
            );
        }

        var begins = options.FromScratch ? InitialWeights.Of(encoder, options.Seed) : encoder;
        var classifier = ClassificationHead.Append(begins, classes.Length, options.Seed);
        var stepsPerEpoch = training.Length / options.BatchSize;
        return new FineTuningPlan
        {
            Network = new ModelMetadata { Classes = classes, Method = options.FromScratch ? "none" : null }.WriteTo(classifier),
            Classes = classes,
            Labels = labels,
            Training = training,
            Validation = validation,
            Preprocessing = clip,
            Augmentation = AugmentationOf(options.Augmentation, clip),
            StepsPerEpoch = stepsPerEpoch,
            Steps = (long)options.Epochs * stepsPerEpoch,
            Drawing = new ClipDrawing(
                VideoFineTuning.Stage,
                new ClipSamplingOptions { Frames = clip.Frames, Speeds = [clip.Stride] },
                [new ClipView(0)],
                options.BatchSize,
                options.MaxUnreadable,
                options.Seed
            ),
        };
    }

    private static AugmentationOptions AugmentationOf(AugmentationOptions options, ClipPreprocessing clip)
    {
        var isRgb = clip.ColorOrder == ColorOrder.RGB;
        return options with
        {
            Size = clip.Size,
            Mean = isRgb ? clip.Mean : Reversed(clip.Mean),
            Std = isRgb ? clip.Std : Reversed(clip.Std),
        };
    }

    private static ChannelTriple Reversed(ChannelTriple triple) => new(triple.Third, triple.Second, triple.First);
}
