using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Learning.FineTuning;

/// <summary>The result of one pass over the training videos.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="Loss">The mean training loss of its steps.</param>
/// <param name="Accuracy">
/// The share of held-out videos, in percent, whose class was predicted correctly after the epoch; null if none are held out.
/// </param>
/// <param name="ValidationLoss">The mean cross-entropy of the held-out videos; null if none are held out.</param>
public sealed record FineTuningEpoch(int Epoch, double Loss, double? Accuracy, double? ValidationLoss)
{
    /// <summary>
    /// Determines whether the weights of this epoch are preferred to those of an earlier one: the accuracy is higher, or it is
    /// equal and the loss is lower. Without held-out videos, the later epoch is preferred.
    /// </summary>
    /// <param name="earlier">The earlier epoch.</param>
    public bool IsBetterThan(FineTuningEpoch earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return Accuracy is null || Accuracy > earlier.Accuracy || (Accuracy == earlier.Accuracy && ValidationLoss < earlier.ValidationLoss);
    }
}

/// <summary>The result of a fine-tuning.</summary>
public sealed record VideoFineTuningResult
{
    /// <summary>
    /// The classifier with the weights of the chosen epoch. It has the input of the encoder and one output "logits" of shape
    /// (N, classes). Batch normalisations are not folded. Its metadata are those of the encoder and the names of the classes.
    /// </summary>
    public required Model Classifier { get; init; }

    /// <summary>The classes in the order of the outputs, which is ordinal order.</summary>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The epoch whose weights were chosen, from 1.</summary>
    public required int ChosenEpoch { get; init; }

    /// <summary>All epochs in order.</summary>
    public required ImmutableArray<FineTuningEpoch> Epochs { get; init; }

    /// <summary>The names of the training videos.</summary>
    public required ImmutableArray<string> TrainingVideos { get; init; }

    /// <summary>The names of the held-out videos by which the epoch was chosen. They share no source with the training videos.</summary>
    public required ImmutableArray<string> ValidationVideos { get; init; }

    /// <summary>The number of training steps.</summary>
    public required long Steps { get; init; }

    /// <summary>The share of the time of these steps spent waiting for clips to be read, 0 to 1.</summary>
    public required double WaitingShare { get; init; }

    /// <summary>The share of the time of these steps spent augmenting clips, 0 to 1.</summary>
    public required double AugmentationShare { get; init; }

    /// <summary>
    /// The videos that could not be read, with the reasons. In training, other videos replaced them; in validation, they were
    /// left out.
    /// </summary>
    public ImmutableArray<(string Name, string Reason)> Unreadable { get; init; } = [];
}
