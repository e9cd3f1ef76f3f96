using System.Runtime.InteropServices;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>The range of numbers that a parameter is drawn from.</summary>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest; not below the least.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ValueRange(double Low, double High)
{
    /// <summary>The number at a part of the way from the least, 0, to the greatest, 1.</summary>
    public double At(double part) => Low + (High - Low) * part;
}
