using Tacit.Graphs;
using Tacit.Inference.Images;

namespace Tacit.Inference.Sessions;

/// <summary>How a network takes images: what its file says, and what its input's shape allows.</summary>
public static class ImageInput
{
    /// <summary>The image size, width and height, that the network's input N x 3 x H x W is fixed to; null where it is free.</summary>
    /// <exception cref="UnsuitableModelException">The network has not one input of that form.</exception>
    public static (int Width, int Height)? SizeOf(OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Inputs is not [{ Type: { Element: ElementType.Float32, Shape: { Rank: 4 } shape } }] || (shape[1].IsKnown && shape[1].Size != 3))
        {
            var inputs = string.Join("; ", session.Inputs.Select(input => $"{input.Name}: {input.Type}"));
            throw new UnsuitableModelException($"{session.Name} does not take images: it must have one input Float32 N x 3 x height x width, but has {inputs}")
            {
                Path = session.Name,
            };
        }

        return shape[2].IsKnown && shape[3].IsKnown ? (checked((int)shape[3].Size), checked((int)shape[2].Size)) : null;
    }

    /// <summary>The preprocessing to use: the given one, else the one in the file's metadata.</summary>
    /// <exception cref="UnsuitableModelException">There is neither, it does not fit the network's input, or the network does not take images.</exception>
    public static Preprocessing Resolve(OnnxSession session, Preprocessing? preprocessing = null)
    {
        var size = SizeOf(session);
        if (preprocessing is null && !Preprocessing.TryFromMetadata(session.Metadata, out preprocessing))
        {
            throw new UnsuitableModelException(
                $"{session.Name} does not say how its images are prepared (no metadata {Preprocessing.SizeKey}); give the mean, the standard deviation and the size")
            {
                Path = session.Name,
            };
        }

        return size is not var (width, height) || (preprocessing.Width == width && preprocessing.Height == height)
            ? preprocessing
            : throw new UnsuitableModelException(
                $"{session.Name} takes images of {width} x {height}, the preprocessing makes {preprocessing.Width} x {preprocessing.Height}") { Path = session.Name };
    }
}
