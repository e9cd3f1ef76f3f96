namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Describes a channel of an activation on samples.</summary>
/// <param name="Largest">The largest magnitude.</param>
/// <param name="Mean">The mean.</param>
/// <param name="MeanSquare">The mean square.</param>
public readonly record struct ChannelStatistics(double Largest, double Mean, double MeanSquare);
