using Tacit.Graphs;
using Tacit.Inference.Images;

namespace Tacit.Inference.Sessions;

/// <summary>How a network takes images: what its file says, and what its input's shape allows.</summary>
public static class ImageInput
{
    /// <summary>The order of the axes of an input: channels last where they are 3 there and not second, as in N x 224 x 224 x 3.</summary>
    public static ImageLayout LayoutOf(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 4 && input[3] == 3 && input[1] != 3 ? ImageLayout.ChannelsLast : ImageLayout.ChannelsFirst;
    }

    /// <summary>
    /// The image size, width and height, that an input N x 3 x H x W or N x H x W x 3, or clips N x 3 x T x H x W, is fixed to; null
    /// where it is free.
    /// </summary>
    public static (int Width, int Height)? SizeOf(Shape input)
    {
        var rows = LayoutOf(input) == ImageLayout.ChannelsFirst ? input.Rank - 2 : 1;
        return input.Rank is 4 or 5 && input[rows].IsKnown && input[rows + 1].IsKnown
            ? (checked((int)input[rows + 1].Size), checked((int)input[rows].Size))
            : null;
    }

    /// <summary>The image size, width and height, that the network's input is fixed to; null where it is free.</summary>
    /// <exception cref="UnsuitableModelException">The network has not one input of that form.</exception>
    public static (int Width, int Height)? SizeOf(OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (
            session.Inputs is not [{ Type: { Element: ElementType.Float32, Shape: { Rank: 4 } shape } }]
            || (LayoutOf(shape) == ImageLayout.ChannelsFirst && shape[1].IsKnown && shape[1].Size != 3)
        )
        {
            var inputs = string.Join("; ", session.Inputs.Select(input => $"{input.Name}: {input.Type}"));
            throw new UnsuitableModelException(
                $"{session.Name} does not take images: it must have one input Float32 N x 3 x height x width, or N x height x width x 3, but has {inputs}"
            )
            {
                Path = session.Name,
            };
        }

        return SizeOf(shape);
    }

    /// <summary>The preprocessing to use: the given one, else the one in the file's metadata; in the layout that the network takes.</summary>
    /// <exception cref="UnsuitableModelException">There is neither, it does not fit the network's input, or the network does not take images.</exception>
    public static Preprocessing Resolve(OnnxSession session, Preprocessing? preprocessing = null)
    {
        var size = SizeOf(session);
        if (preprocessing is null && !Preprocessing.TryFromMetadata(session.Metadata, out preprocessing))
        {
            throw new UnsuitableModelException(
                $"{session.Name} does not say how its images are prepared (no metadata {Preprocessing.SizeKey}); give the mean, the standard deviation and the size"
            )
            {
                Path = session.Name,
            };
        }

        preprocessing = preprocessing with { Layout = LayoutOf(session.Inputs[0].Type.Shape) };
        return size is not var (width, height) || (preprocessing.Width == width && preprocessing.Height == height)
            ? preprocessing
            : throw new UnsuitableModelException(
                $"{session.Name} takes images of {width} x {height}, the preprocessing makes {preprocessing.Width} x {preprocessing.Height}"
            )
            {
                Path = session.Name,
            };
    }
}
