using System.Runtime.InteropServices;
using Tacit.Inference.Video.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Clips.Augmentation;

// A rectangle of a video's frames, in pixels.
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CropBox(int Top, int Left, int Height, int Width)
{
    private static readonly float[] Colours = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    // A rectangle in the middle; corners between pixels go to the even one, as in torchvision.
    public static CropBox Centre(int height, int width, int boxHeight, int boxWidth) =>
        new(
            (int)Math.Round((height - boxHeight) / 2.0, MidpointRounding.ToEven),
            (int)Math.Round((width - boxWidth) / 2.0, MidpointRounding.ToEven),
            boxHeight,
            boxWidth
        );

    // The rectangle of every frame, scaled by bilinear interpolation to a square. (3, T, size, size)
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

    // The rectangle of every frame, colours from 0 to 1. (3, T, height, width)
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
