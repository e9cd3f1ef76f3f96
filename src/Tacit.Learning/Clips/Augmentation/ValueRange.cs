using System.Runtime.InteropServices;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>A range of numbers from which a parameter is drawn.</summary>
/// <param name="Low">The lowest number.</param>
/// <param name="High">The highest number, at least <paramref name="Low"/>. If both are equal, the parameter is constant.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ValueRange(double Low, double High)
{
    /// <summary>Returns low + (high - low) · part.</summary>
    /// <param name="part">The position in the range, 0 to 1, usually a uniform random number.</param>
    public double At(double part) => Low + (High - Low) * part;
}
