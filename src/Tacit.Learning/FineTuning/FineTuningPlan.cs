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

/// <summary>All of a fine-tuning that is settled before it begins.</summary>
internal sealed record FineTuningPlan
{
    /// <summary>The classifier as it begins, its metadata those of the finished one.</summary>
    public required Model Network { get; init; }

    /// <summary>The classes in the order of the outputs.</summary>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The class of each video of the set.</summary>
    public required ImmutableArray<int> Labels { get; init; }

    /// <summary>The videos that are learnt from.</summary>
    public required ImmutableArray<int> Training { get; init; }

    /// <summary>The videos that the epoch is chosen by.</summary>
    public required ImmutableArray<int> Validation { get; init; }

    /// <summary>How test clips are prepared.</summary>
    public required ClipPreprocessing Preprocessing { get; init; }

    /// <summary>How training clips are changed, in RGB.</summary>
    public required AugmentationOptions Augmentation { get; init; }

    /// <summary>The steps of a pass over the training videos.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>All steps.</summary>
    public required long Steps { get; init; }

    /// <summary>How training clips are drawn: one of each video, from a random window.</summary>
    public required ClipDrawing Drawing { get; init; }

    /// <summary>Plans, or says what is wrong.</summary>
    /// <exception cref="UnsuitableModelException">The encoder cannot be fine-tuned.</exception>
    /// <exception cref="InvalidDatasetException">The videos cannot be learnt from.</exception>
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
