namespace Tacit.Inference.Contracts;

/// <summary>The meaning of a network's outputs, which determines how two versions of the network are compared.</summary>
public enum NetworkTask
{
    /// <summary>Scores of D classes for each sample, (N, D), or the class with the highest score.</summary>
    Classes,

    /// <summary>D features for each sample, (N, D), which others compare or learn from.</summary>
    Features,

    /// <summary>Any other outputs, in any number and of any shape: maps, boxes, key points, angles.</summary>
    Maps,
}
