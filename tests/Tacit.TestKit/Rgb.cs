using System.Runtime.InteropServices;

namespace Tacit.TestKit;

// A colour, each part from 0 to 1.
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Rgb(double Red, double Green, double Blue)
{
    // The hue in turns. Whole turns have no effect.
    public static Rgb FromHsv(double hue, double saturation, double value)
    {
        return new(Channel(5), Channel(3), Channel(1));

        double Channel(int n)
        {
            var k = (n + 6 * hue) % 6;
            return value * (1 - saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1));
        }
    }

    public static Rgb operator +(Rgb a, Rgb b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public static Rgb operator *(double share, Rgb a) => new(share * a.Red, share * a.Green, share * a.Blue);

    public void Write(Span<byte> pixel) => (pixel[0], pixel[1], pixel[2]) = (Byte(Red), Byte(Green), Byte(Blue));

    private static byte Byte(double part) => (byte)Math.Round(255 * Math.Clamp(part, 0, 1));
}
