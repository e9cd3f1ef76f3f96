namespace Tacit.Inference.Contracts;

/// <summary>What a network's output N x D means.</summary>
public enum NetworkTask
{
    /// <summary>Logits of D classes.</summary>
    Classifier,

    /// <summary>D features, which others compare or learn from.</summary>
    Encoder,
}
