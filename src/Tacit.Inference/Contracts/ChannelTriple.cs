using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tacit.Inference.Contracts;

/// <summary>Three values, one for each channel of an image tensor, in the order of its channels.</summary>
/// <param name="First">The value of channel 0: red for RGB, blue for BGR.</param>
/// <param name="Second">The value of channel 1: green.</param>
/// <param name="Third">The value of channel 2: blue for RGB, red for BGR.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChannelTriple(float First, float Second, float Third)
{
    /// <summary>Creates a triple with the same value for all channels.</summary>
    /// <param name="every">The value.</param>
    public ChannelTriple(float every)
        : this(every, every, every) { }

    /// <summary>The value of a channel.</summary>
    /// <param name="channel">The index of the channel, 0 to 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channel"/> is not 0, 1 or 2.</exception>
    public float this[int channel] =>
        channel switch
        {
            0 => First,
            1 => Second,
            2 => Third,
            _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "an image has the channels 0, 1 and 2"),
        };

    /// <summary>
    /// Parses three finite numbers separated by commas, such as "0.485,0.456,0.406", or a single number for all channels. The
    /// invariant culture is used.
    /// </summary>
    /// <param name="text">The text; null is not valid.</param>
    /// <param name="triple">The values; zeros if the text is not valid.</param>
    /// <returns>False if the text is not valid.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ChannelTriple triple)
    {
        triple = default;
        var parts = (text ?? "").Split(',');
        Span<float> numbers = stackalloc float[3];
        if (parts.Length is not (1 or 3))
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !float.IsFinite(numbers[i]))
            {
                return false;
            }
        }

        triple = parts.Length == 1 ? new(numbers[0]) : new(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    /// <summary>Returns the three values separated by commas. <see cref="TryParse"/> restores the same values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First},{Second},{Third}");

    /// <summary>Requires three finite numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    internal ChannelTriple RequireFinite([CallerMemberName] string? name = null) =>
        float.IsFinite(First) && float.IsFinite(Second) && float.IsFinite(Third)
            ? this
            : throw new ArgumentOutOfRangeException(name, this, $"{name} must be finite");

    /// <summary>Requires three finite numbers above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite or not above 0.</exception>
    internal ChannelTriple RequirePositive([CallerMemberName] string? name = null)
    {
        Require.Positive(First, name);
        Require.Positive(Second, name);
        Require.Positive(Third, name);
        return this;
    }
}
