namespace Tacit.Inference.Images;

/// <summary>
/// Resizes images by bilinear interpolation with antialiasing. The result is byte-identical to PIL's <c>resize</c> and
/// torchvision.
/// </summary>
/// <remarks>
/// <para>
/// A triangle filter is applied in two passes, first along the rows and then along the columns. Its support grows with the
/// reduction: max(1, from / to) source pixels on each side. The weights are 22-bit fixed-point numbers, and each pass rounds to
/// a byte.
/// </para>
/// <para>
/// Bilinear interpolation without antialiasing, which reads only two pixels in each direction, produces different values when
/// an image is reduced.
/// </para>
/// </remarks>
public static class ImageResizer
{
    private const int PrecisionBits = 22;

    /// <summary>Resizes an image to exactly the given size, without regard to its aspect ratio.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">The new width in pixels.</param>
    /// <param name="height">The new height in pixels.</param>
    /// <returns>The resized image; <paramref name="image"/> itself if it has the size already.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var wide = image.Width == width ? image : Rows(image, width);
        return wide.Height == height ? wide : Columns(wide, height);
    }

    private static RgbImage Rows(RgbImage image, int width)
    {
        var taps = Taps(image.Width, width);
        var pixels = new byte[3L * width * image.Height];
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Pixels.Slice(3 * y * image.Width, 3 * image.Width);
            var to = 3 * y * width;
            foreach (var (first, weights) in taps)
            {
                int red = 1 << (PrecisionBits - 1),
                    green = red,
                    blue = red;
                for (int i = 0, from = 3 * first; i < weights.Length; i++, from += 3)
                {
                    red += row[from] * weights[i];
                    green += row[from + 1] * weights[i];
                    blue += row[from + 2] * weights[i];
                }

                pixels[to++] = ToByte(red);
                pixels[to++] = ToByte(green);
                pixels[to++] = ToByte(blue);
            }
        }

        return new RgbImage(width, image.Height, pixels);
    }

    private static RgbImage Columns(RgbImage image, int height)
    {
        var taps = Taps(image.Height, height);
        var stride = 3 * image.Width;
        var pixels = new byte[(long)stride * height];
        var sums = new int[stride];
        for (var y = 0; y < height; y++)
        {
            var (first, weights) = taps[y];
            Array.Fill(sums, 1 << (PrecisionBits - 1));
            for (var i = 0; i < weights.Length; i++)
            {
                var row = image.Pixels.Slice((first + i) * stride, stride);
                for (var x = 0; x < sums.Length; x++)
                {
                    sums[x] += row[x] * weights[i];
                }
            }

            for (var x = 0; x < sums.Length; x++)
            {
                pixels[y * stride + x] = ToByte(sums[x]);
            }
        }

        return new RgbImage(image.Width, height, pixels);
    }

    // For each pixel of the result: the first contributing pixel, and the weights from there on.
    private static (int First, int[] Weights)[] Taps(int from, int to)
    {
        var scale = (double)from / to;
        var support = Math.Max(scale, 1);
        var taps = new (int, int[])[to];
        for (var i = 0; i < to; i++)
        {
            var centre = (i + 0.5) * scale;
            var first = Math.Max((int)(centre - support + 0.5), 0);
            var end = Math.Min((int)(centre + support + 0.5), from);
            var weights = new double[end - first];
            for (var j = 0; j < weights.Length; j++)
            {
                weights[j] = Math.Max(0, 1 - Math.Abs((first + j - centre + 0.5) / support));
            }

            var sum = weights.Sum();
            taps[i] = (first, [.. weights.Select(weight => (int)(0.5 + weight / sum * (1 << PrecisionBits)))]);
        }

        return taps;
    }

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> PrecisionBits, 0, byte.MaxValue);
}
