using System.Runtime.InteropServices;

namespace Tacit.Learning.Pretraining.Augmentation;

/// <summary>The range of numbers that a parameter is drawn from.</summary>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest; not below the least.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ValueRange(double Low, double High);
