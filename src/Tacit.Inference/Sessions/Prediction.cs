namespace Tacit.Inference.Sessions;

/// <summary>What a classifier makes of an image or a video.</summary>
/// <param name="Index">The index of the class.</param>
/// <param name="Label">Its name, or its index as text where the names are not known.</param>
/// <param name="Probability">From 0 to 1; those of all classes add up to 1.</param>
public sealed record Prediction(int Index, string Label, float Probability);
