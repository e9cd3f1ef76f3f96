using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tacit.Inference.Images;

/// <summary>One number for each of the three channels of an image tensor, in the order of its channels.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChannelTriple(float First, float Second, float Third)
{
    /// <summary>The same number for every channel.</summary>
    public ChannelTriple(float every)
        : this(every, every, every) { }

    /// <summary>The number of a channel, 0 to 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel.</exception>
    public float this[int channel] =>
        channel switch
        {
            0 => First,
            1 => Second,
            2 => Third,
            _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "an image has the channels 0, 1 and 2"),
        };

    /// <summary>Reads three finite numbers joined by commas, such as "0.485,0.456,0.406", or one for all channels.</summary>
    /// <returns>False where the text is neither.</returns>
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

    /// <summary>The three numbers joined by commas, such that <see cref="TryParse"/> gives the same ones.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First},{Second},{Third}");
}
