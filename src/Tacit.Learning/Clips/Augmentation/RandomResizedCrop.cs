using Tacit.Learning.Optimization;

namespace Tacit.Learning.Clips.Augmentation;

// A random part of the picture: its area uniform, its aspect ratio uniform on a logarithmic scale (Szegedy et al. 2015, as in
// torchvision). Where ten draws do not fit in the picture, the largest centred part of an allowed aspect ratio.
internal static class RandomResizedCrop
{
    private const int Tries = 10;

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
