using Tacit.Inference.Video.Decoding;
using Tacit.Learning.Clips.Augmentation;
using TorchSharp;

namespace Tacit.Learning.Tests.Clips.Augmentation;

[NoTensorLeaks]
public sealed class CropBoxTests
{
    [Theory]
    [InlineData(0, 0, 11, 13, 7)]
    [InlineData(2, 3, 5, 8, 16)]
    [InlineData(1, 1, 9, 9, 9)]
    [InlineData(10, 12, 1, 1, 3)]
    public void A_crop_is_resized_by_bilinear_interpolation(int top, int left, int height, int width, int size)
    {
        var frames = RandomClips.Of(2, 11, 13);
        using var resized = new CropBox(top, left, height, width).Resized(frames, size);
        float[] output = [.. resized.data<float>()];

        Assert.Equal([3, 2, size, size], resized.shape);
        for (var i = 0; i < output.Length; i++)
        {
            var (channel, frame, row, column) = (i / size / size / 2, i / size / size % 2, i / size % size, i % size);
            var expected = Interpolated(frames, frame, channel, new(top, left, height, width), (row + 0.5) / size, (column + 0.5) / size);
            Assert.Equal(expected, output[i], 1e-5);
        }
    }

    [Theory]
    [InlineData(4, 7, 0, 2, 4)]
    [InlineData(9, 4, 2, 0, 4)]
    [InlineData(5, 5, 0, 0, 5)]
    [InlineData(7, 7, 2, 2, 4)]
    public void A_corner_between_pixels_goes_to_the_even_one(int height, int width, int top, int left, int side) =>
        Assert.Equal(new(top, left, side, side), CropBox.Centre(height, width, side, side));

    // The values at the four pixel centres around a point of the box, given as parts of its height and width.
    private static double Interpolated(VideoFrames frames, int frame, int channel, CropBox box, double y, double x)
    {
        var (row, column) = (Math.Clamp(y * box.Height - 0.5, 0, box.Height - 1), Math.Clamp(x * box.Width - 0.5, 0, box.Width - 1));
        var (above, before) = ((int)row, (int)column);
        return (Value(above, before) * (1 - column + before) + Value(above, before + 1) * (column - before)) * (1 - row + above)
            + (Value(above + 1, before) * (1 - column + before) + Value(above + 1, before + 1) * (column - before)) * (row - above);

        double Value(int i, int j) =>
            frames[frame][3 * ((box.Top + Math.Min(i, box.Height - 1)) * frames.Width + box.Left + Math.Min(j, box.Width - 1)) + channel]
            / 255.0;
    }
}
