using Tacit.Inference.Images;

namespace Tacit.Inference.Video;

/// <summary>Turns the frames of a clip into the numbers that a network takes.</summary>
/// <remarks>Immutable; any number of threads may use it at once.</remarks>
public sealed class ClipPreprocessor
{
    private const float Scale = 1f / 255;

    /// <summary>A preprocessor of the given settings.</summary>
    public ClipPreprocessor(ClipPreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        Preprocessing = preprocessing;
    }

    /// <summary>The settings.</summary>
    public ClipPreprocessing Preprocessing { get; }

    /// <summary>A tensor n x 3 x T x S x S of the frames of n clips, one clip behind the other.</summary>
    /// <param name="frames">n times as many frames as a clip has.</param>
    /// <exception cref="ArgumentException">The frames are no whole number of clips.</exception>
    public float[] Prepare(VideoFrames frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var (clips, left) = Math.DivRem(frames.Count, Preprocessing.Frames);
        if (left != 0)
        {
            throw new ArgumentException($"{frames.Count} frames are no whole number of clips of {Preprocessing.Frames}", nameof(frames));
        }

        var item = Preprocessing.ElementCount;
        var tensor = new float[checked(clips * item)];
        for (var clip = 0; clip < clips; clip++)
        {
            Fill(frames, clip * Preprocessing.Frames, tensor.AsSpan(clip * item, item));
        }

        return tensor;
    }

    /// <summary>Fills a tensor 3 x T x S x S from T frames of any size.</summary>
    /// <param name="frames">As many frames as a clip has, in its order.</param>
    /// <param name="tensor">What is filled.</param>
    /// <exception cref="ArgumentException">The number of frames or of elements is another.</exception>
    public void Fill(VideoFrames frames, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count != Preprocessing.Frames)
        {
            throw new ArgumentException($"a clip takes {Preprocessing.Frames} frames, not {frames.Count}", nameof(frames));
        }

        Fill(frames, 0, tensor);
    }

    /// <summary>Fills a tensor 3 x T x S x S from T of the given frames.</summary>
    /// <param name="frames">Frames of one or several clips.</param>
    /// <param name="first">The clip's first frame among them.</param>
    /// <param name="tensor">What is filled.</param>
    /// <exception cref="ArgumentException">There are not that many frames, or the number of elements is another.</exception>
    public void Fill(VideoFrames frames, int first, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var (count, size) = (Preprocessing.Frames, Preprocessing.Size);
        if (first > frames.Count - count)
        {
            throw new ArgumentException($"there are {frames.Count} frames, too few for {count} from {first} on", nameof(first));
        }

        if (tensor.Length != Preprocessing.ElementCount)
        {
            throw new ArgumentException(
                $"3 x {count} x {size} x {size} takes {Preprocessing.ElementCount} elements, not {tensor.Length}",
                nameof(tensor)
            );
        }

        var side = Math.Min(frames.Width, frames.Height);
        var taps = Taps(side, size);
        var corner = (Centred(frames.Height, side) * frames.Width + Centred(frames.Width, side)) * 3;
        for (var frame = 0; frame < count; frame++)
        {
            var square = frames[first + frame][corner..];
            for (var channel = 0; channel < 3; channel++)
            {
                var colour = Preprocessing.ColorOrder == ColorOrder.RGB ? channel : 2 - channel;
                FillPlane(
                    square[colour..],
                    3 * frames.Width,
                    taps,
                    channel,
                    tensor.Slice((channel * count + frame) * size * size, size * size)
                );
            }
        }
    }

    // Where the square begins; between two pixels at the even one, as in torchvision's CenterCrop.
    private static int Centred(int length, int side) => (int)Math.Round((length - side) / 2.0, MidpointRounding.ToEven);

    private void FillPlane(ReadOnlySpan<byte> square, int rowBytes, Tap[] taps, int channel, Span<float> plane)
    {
        // (v · scale - mean) / std as one multiplication and addition.
        var factor = Scale / Preprocessing.Std[channel];
        var offset = -Preprocessing.Mean[channel] / Preprocessing.Std[channel];
        for (var y = 0; y < taps.Length; y++)
        {
            var (top, bottom, down) = taps[y];
            var upper = square[(top * rowBytes)..];
            var lower = square[(bottom * rowBytes)..];
            var to = plane.Slice(y * taps.Length, taps.Length);
            for (var x = 0; x < to.Length; x++)
            {
                var (left, right, across) = taps[x];
                var above = upper[3 * left] + across * (upper[3 * right] - upper[3 * left]);
                var below = lower[3 * left] + across * (lower[3 * right] - lower[3 * left]);
                to[x] = (above + down * (below - above)) * factor + offset;
            }
        }
    }

    // The pixel i of the result lies at (i + ½) · side / size - ½ between the pixels of the square.
    private static Tap[] Taps(int side, int size)
    {
        var taps = new Tap[size];
        var step = (float)side / size;
        for (var i = 0; i < size; i++)
        {
            var position = Math.Max(0, (i + 0.5f) * step - 0.5f);
            var below = Math.Min((int)position, side - 1);
            taps[i] = new Tap(below, Math.Min(below + 1, side - 1), position - below);
        }

        return taps;
    }

    private readonly record struct Tap(int Low, int High, float Share);
}
