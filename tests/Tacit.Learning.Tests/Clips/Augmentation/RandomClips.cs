using Tacit.Inference.Video.Decoding;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Clips.Augmentation;

// Clips of random pixels.
internal static class RandomClips
{
    public static VideoFrames Of(int count, int height, int width, ulong seed = 1)
    {
        var random = new RandomStream(seed, "pixels");
        return new(count, height, width, [.. Enumerable.Range(0, count * height * width * 3).Select(_ => (byte)random.NextInt32(256))]);
    }

    // The same picture, repeated.
    public static VideoFrames Still(int count, int height, int width, ulong seed = 1) =>
        new(count, height, width, [.. Enumerable.Repeat(Of(1, height, width, seed).Pixels.ToArray(), count).SelectMany(pixels => pixels)]);
}
