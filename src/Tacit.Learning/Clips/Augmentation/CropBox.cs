using System.Runtime.InteropServices;
using Tacit.Inference.Video.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

/// <summary>A rectangle within the frames of a video, in pixels.</summary>
/// <param name="Top">The first row.</param>
/// <param name="Left">The first column.</param>
/// <param name="Height">The number of rows.</param>
/// <param name="Width">The number of columns.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CropBox(int Top, int Left, int Height, int Width)
{
    private static readonly float[] Colours = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    /// <summary>Returns a rectangle in the middle of a frame. Corners between two pixels move to the even one, as in torchvision.</summary>
    /// <param name="height">The height of the frame in pixels.</param>
    /// <param name="width">The width of the frame in pixels.</param>
    /// <param name="boxHeight">The height of the rectangle, at most that of the frame.</param>
    /// <param name="boxWidth">The width of the rectangle, at most that of the frame.</param>
    public static CropBox Centre(int height, int width, int boxHeight, int boxWidth) =>
        new(
            (int)Math.Round((height - boxHeight) / 2.0, MidpointRounding.ToEven),
            (int)Math.Round((width - boxWidth) / 2.0, MidpointRounding.ToEven),
            boxHeight,
            boxWidth
        );

    /// <summary>Cuts the rectangle out of every frame and resizes it to a square by bilinear interpolation.</summary>
    /// <param name="frames">The frames in RGB.</param>
    /// <param name="size">The height and width of the result in pixels.</param>
    /// <returns>The clip, (3, T, size, size), with colours in [0, 1].</returns>
    public Tensor Resized(VideoFrames frames, int size)
    {
        var cut = Cut(frames);
        if (Height == size && Width == size)
        {
            return cut;
        }

        using (cut)
        {
            return nn.functional.interpolate(cut, size: [size, size], mode: InterpolationMode.Bilinear, align_corners: false);
        }
    }

    /// <summary>Cuts the rectangle out of every frame.</summary>
    /// <param name="frames">The frames in RGB.</param>
    /// <returns>The clip, (3, T, height, width), with colours in [0, 1].</returns>
    public Tensor Cut(VideoFrames frames)
    {
        var cut = empty([3, frames.Count, Height, Width], ScalarType.Float32);
        var to = MemoryMarshal.Cast<byte, float>(cut.bytes);
        var plane = frames.Count * Height * Width;
        for (var row = 0; row < frames.Count * Height; row++)
        {
            var from = frames[row / Height].Slice(3 * ((Top + row % Height) * frames.Width + Left), 3 * Width);
            var red = to.Slice(row * Width, Width);
            var green = to.Slice(plane + row * Width, Width);
            var blue = to.Slice(2 * plane + row * Width, Width);
            for (var column = 0; column < Width; column++)
            {
                red[column] = Colours[from[3 * column]];
                green[column] = Colours[from[3 * column + 1]];
                blue[column] = Colours[from[3 * column + 2]];
            }
        }

        return cut;
    }
}
