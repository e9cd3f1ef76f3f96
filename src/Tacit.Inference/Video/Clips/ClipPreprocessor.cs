using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Clips;

/// <summary>Converts the decoded frames of a clip into the input tensor of a network.</summary>
/// <remarks>
/// <para>The steps for each frame are:</para>
/// <list type="number">
/// <item>Crop the largest centred square (torchvision's CenterCrop).</item>
/// <item>
/// Resize it to S x S pixels by bilinear interpolation without antialiasing (PyTorch's interpolate with align_corners false).
/// </item>
/// <item>Normalise each channel: y = (v / 255 - mean) / std.</item>
/// </list>
/// <para>Instances are immutable and can be used by any number of threads at a time.</para>
/// </remarks>
/// <example><code>
/// var preprocessor = new ClipPreprocessor(new ClipPreprocessing(frames: 16, size: 112));
/// float[] tensor = preprocessor.Prepare(frames); // n x 3 x 16 x 112 x 112
/// </code></example>
public sealed class ClipPreprocessor
{
    private const float Scale = 1f / 255;

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="preprocessing">The number, size and normalisation of the frames.</param>
    public ClipPreprocessor(ClipPreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        Preprocessing = preprocessing;
    }

    /// <summary>The settings that the preprocessor was created with.</summary>
    public ClipPreprocessing Preprocessing { get; }

    /// <summary>
    /// Converts the frames of n clips into a tensor of shape (n, 3, T, S, S), where T is <see cref="ClipPreprocessing.Frames"/>
    /// and S is <see cref="ClipPreprocessing.Size"/>.
    /// </summary>
    /// <param name="frames">n · T frames of any size: the frames of the first clip, then those of the second, and so on.</param>
    /// <returns>The elements in row-major order.</returns>
    /// <exception cref="ArgumentException">The number of frames is not a multiple of T.</exception>
    public float[] Prepare(VideoFrames frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var (clips, left) = Math.DivRem(frames.Count, Preprocessing.Frames);
        if (left != 0)
        {
            throw new ArgumentException(
                $"{frames.Count} frames are not a multiple of the {Preprocessing.Frames} frames of a clip",
                nameof(frames)
            );
        }

        var item = Preprocessing.ElementCount;
        var tensor = new float[checked(clips * item)];
        for (var clip = 0; clip < clips; clip++)
        {
            Fill(frames, clip * Preprocessing.Frames, tensor.AsSpan(clip * item, item));
        }

        return tensor;
    }

    /// <summary>Writes the tensor of one clip, of shape (3, T, S, S), into a buffer.</summary>
    /// <param name="frames">Exactly T frames of any size, in the order of the clip.</param>
    /// <param name="tensor">The buffer to fill, of <see cref="ClipPreprocessing.ElementCount"/> elements.</param>
    /// <exception cref="ArgumentException">The number of frames is not T, or the buffer has another length.</exception>
    public void Fill(VideoFrames frames, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count != Preprocessing.Frames)
        {
            throw new ArgumentException($"a clip takes {Preprocessing.Frames} frames, not {frames.Count}", nameof(frames));
        }

        Fill(frames, 0, tensor);
    }

    /// <summary>
    /// Writes the tensor of one clip, of shape (3, T, S, S), into a buffer. The clip is T consecutive entries of <paramref
    /// name="frames"/>.
    /// </summary>
    /// <param name="frames">The frames of one or more clips.</param>
    /// <param name="first">The index of the first frame of the clip in <paramref name="frames"/>, from 0.</param>
    /// <param name="tensor">The buffer to fill, of <see cref="ClipPreprocessing.ElementCount"/> elements.</param>
    /// <exception cref="ArgumentException">
    /// Fewer than T frames follow <paramref name="first"/>, or the buffer has another length.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="first"/> is negative.</exception>
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

    // The offset of the square. A half pixel is rounded to the even offset, as in torchvision's CenterCrop.
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

    // Pixel i of the result lies at (i + ½) · side / size - ½ in the coordinates of the square.
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
