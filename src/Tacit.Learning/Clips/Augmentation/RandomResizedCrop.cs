using Tacit.Learning.Optimization;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>Draws random crops (Szegedy et al. 2015, as in torchvision).</summary>
/// <remarks>
/// The area of a crop is uniformly distributed, and so is the logarithm of its aspect ratio. If ten draws do not fit the frame, the crop is
/// the largest centred one with an allowed aspect ratio.
/// </remarks>
internal static class RandomResizedCrop
{
    private const int Tries = 10;

    /// <summary>Draws a crop.</summary>
    /// <param name="height">The height of the frame in pixels.</param>
    /// <param name="width">The width of the frame in pixels.</param>
    /// <param name="area">The area as a share of the frame, within (0, 1].</param>
    /// <param name="aspect">The width divided by the height, above 0.</param>
    /// <param name="random">The random stream of the clip.</param>
    public static CropBox Draw(int height, int width, ValueRange area, ValueRange aspect, RandomStream random)
    {
        var logarithm = new ValueRange(Math.Log(aspect.Low), Math.Log(aspect.High));
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var pixels = area.At(random.NextDouble()) * height * width;
            var ratio = Math.Exp(logarithm.At(random.NextDouble()));
            var cropWidth = (int)Math.Round(Math.Sqrt(pixels * ratio));
            var cropHeight = (int)Math.Round(Math.Sqrt(pixels / ratio));
            if (cropWidth >= 1 && cropWidth <= width && cropHeight >= 1 && cropHeight <= height)
            {
                return new(random.NextInt32(height - cropHeight + 1), random.NextInt32(width - cropWidth + 1), cropHeight, cropWidth);
            }
        }

        var whole = (double)width / height;
        return whole < aspect.Low ? CropBox.Centre(height, width, Rounded(width / aspect.Low, height), width)
            : whole > aspect.High ? CropBox.Centre(height, width, height, Rounded(height * aspect.High, width))
            : new(0, 0, height, width);
    }

    private static int Rounded(double length, int most) => Math.Clamp((int)Math.Round(length), 1, most);
}
