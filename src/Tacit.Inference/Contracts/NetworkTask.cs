namespace Tacit.Inference.Contracts;

/// <summary>The meaning of a network's output (N, D).</summary>
public enum NetworkTask
{
    /// <summary>Logits of D classes.</summary>
    Classifier,

    /// <summary>D features, which others compare or learn from.</summary>
    Encoder,
}
