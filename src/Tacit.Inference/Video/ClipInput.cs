using Tacit.Graphs;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Video;

/// <summary>How a network takes clips: what its file says, and what its input's shape allows.</summary>
public static class ClipInput
{
    /// <summary>The frames and the side in pixels that the network's input N x 3 x T x H x W is fixed to; null where they are free.</summary>
    /// <exception cref="UnsuitableModelException">The network has not one input of that form, or its pictures are not square.</exception>
    public static (int? Frames, int? Size) SizeOf(OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (
            session.Inputs is not [{ Type: { Element: ElementType.Float32, Shape: { Rank: 5 } shape } }]
            || (shape[1].IsKnown && shape[1].Size != 3)
        )
        {
            var inputs = string.Join("; ", session.Inputs.Select(input => $"{input.Name}: {input.Type}"));
            throw Unsuitable(
                session,
                $"does not take clips: it must have one input Float32 N x 3 x frames x height x width, but has {inputs}"
            );
        }

        var (height, width) = (Known(shape[3]), Known(shape[4]));
        return height is null || width is null || height == width
            ? (Known(shape[2]), height ?? width)
            : throw Unsuitable(session, $"takes pictures of {width} x {height}; clips are prepared as squares");
    }

    /// <summary>The preprocessing to use: the given one, else the one in the file's metadata.</summary>
    /// <exception cref="UnsuitableModelException">There is neither, it does not fit the network's input, or the network does not take clips.</exception>
    public static ClipPreprocessing Resolve(OnnxSession session, ClipPreprocessing? preprocessing = null)
    {
        var (frames, size) = SizeOf(session);
        if (preprocessing is null && !ClipPreprocessing.TryFromMetadata(session.Metadata, out preprocessing))
        {
            throw Unsuitable(
                session,
                $"does not say how its clips are prepared (no metadata {ClipPreprocessing.FramesKey}); give the frames, the size, the mean and the standard deviation"
            );
        }

        return (frames ?? preprocessing.Frames) == preprocessing.Frames && (size ?? preprocessing.Size) == preprocessing.Size
            ? preprocessing
            : throw Unsuitable(
                session,
                $"takes clips of {Text(frames)} frames of {Text(size)} pixels, the preprocessing makes {preprocessing.Frames} frames of {preprocessing.Size} pixels"
            );
    }

    private static int? Known(Dimension dimension) => dimension.IsKnown ? checked((int)dimension.Size) : null;

    private static string Text(int? number) => number is { } known ? $"{known}" : "any number of";

    private static UnsuitableModelException Unsuitable(OnnxSession session, string reason) =>
        new($"{session.Name} {reason}") { Path = session.Name };
}
