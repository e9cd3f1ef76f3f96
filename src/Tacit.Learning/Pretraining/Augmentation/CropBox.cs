using System.Runtime.InteropServices;
using Tacit.Inference.Video;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Augmentation;

// A rectangle of a video's frames, in pixels.
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CropBox(int Top, int Left, int Height, int Width)
{
    // The largest centred square; corners between pixels go to the even one, as in torchvision.
    public static CropBox Centre(int height, int width)
    {
        var side = Math.Min(height, width);
        return Centre(height, width, side, side);
    }

    public static CropBox Centre(int height, int width, int boxHeight, int boxWidth) => new(
        (int)Math.Round((height - boxHeight) / 2.0, MidpointRounding.ToEven),
        (int)Math.Round((width - boxWidth) / 2.0, MidpointRounding.ToEven),
        boxHeight,
        boxWidth);

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
        using var scope = NewDisposeScope();
        var pixels = empty([frames.Count, Height, Width, 3], ScalarType.Byte);
        var to = pixels.bytes;
        for (var frame = 0; frame < frames.Count; frame++)
        {
            var from = frames[frame];
            for (var row = 0; row < Height; row++, to = to[(3 * Width)..])
            {
                from.Slice(3 * ((Top + row) * frames.Width + Left), 3 * Width).CopyTo(to);
            }
        }

        return pixels.permute(3, 0, 1, 2).to(ScalarType.Float32).contiguous().div_(byte.MaxValue).MoveToOuterDisposeScope();
    }
}
