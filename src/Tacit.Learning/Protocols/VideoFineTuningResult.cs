using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Learning.Protocols;

/// <summary>How a pass over the training videos went.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">The mean training loss of its steps.</param>
/// <param name="Accuracy">The share of held-out videos, in percent, whose class was found after it; null where none are held out.</param>
/// <param name="ValidationLoss">Their mean cross-entropy; null where none are held out.</param>
public sealed record FineTuningEpoch(int Epoch, double Loss, double? Accuracy, double? ValidationLoss)
{
    /// <summary>Whether its weights are to be preferred to an earlier epoch's: greater accuracy, or the same and less loss. Without held-out videos the later one.</summary>
    public bool IsBetterThan(FineTuningEpoch earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return Accuracy is null || Accuracy > earlier.Accuracy || (Accuracy == earlier.Accuracy && ValidationLoss < earlier.ValidationLoss);
    }
}

/// <summary>What a fine-tuning gave.</summary>
public sealed record VideoFineTuningResult
{
    /// <summary>
    /// The classifier with the weights of the chosen epoch: the encoder's input, one output "logits" N x classes, batch norms kept; its
    /// metadata are the encoder's and the names of the classes.
    /// </summary>
    public required Model Classifier { get; init; }

    /// <summary>The classes in the order of the outputs: ordinal order.</summary>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The epoch whose weights were taken, from 1.</summary>
    public required int ChosenEpoch { get; init; }

    /// <summary>All epochs.</summary>
    public required ImmutableArray<FineTuningEpoch> Epochs { get; init; }

    /// <summary>The names of the videos that were learnt from.</summary>
    public required ImmutableArray<string> TrainingVideos { get; init; }

    /// <summary>The names of those that the epoch was chosen by; none of their sources was learnt from.</summary>
    public required ImmutableArray<string> ValidationVideos { get; init; }

    /// <summary>The steps of training.</summary>
    public required long Steps { get; init; }

    /// <summary>The share of the time of these steps that was spent waiting for clips to be read, from 0 to 1.</summary>
    public required double WaitingShare { get; init; }

    /// <summary>The share of that time spent augmenting clips, from 0 to 1.</summary>
    public required double AugmentationShare { get; init; }

    /// <summary>The videos that could not be read, with reasons; in training others took their place, in validation they were left out.</summary>
    public ImmutableArray<(string Name, string Reason)> Unreadable { get; init; } = [];
}
