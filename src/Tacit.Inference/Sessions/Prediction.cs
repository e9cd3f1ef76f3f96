namespace Tacit.Inference.Sessions;

/// <summary>A class predicted for an image or a video.</summary>
/// <param name="Index">The index of the class.</param>
/// <param name="Label">The name of the class, or its index as text if the names are unknown.</param>
/// <param name="Probability">The probability, 0 to 1. The probabilities of all classes add up to 1.</param>
public sealed record Prediction(int Index, string Label, float Probability);
