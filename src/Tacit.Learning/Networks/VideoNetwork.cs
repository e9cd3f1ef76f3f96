using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Describes and builds a published network on video clips, with or without its classifier.</summary>
/// <example>
/// <code>
/// VideoNetwork network = VideoZoo.Find("r3d-10")!;
/// Model encoder = network.BuildEncoder(frames: 8, size: 56, width: 0.5); // input "input" N x 3 x 8 x 56 x 56, output "features" N x 256
/// </code>
/// </example>
public sealed record VideoNetwork
{
    private const double GreatestWidth = 8;

    private readonly Func<VideoForm, Trunk> _build;

    /// <summary>Creates the description of a network.</summary>
    /// <param name="build">Builds the layers without the classifier.</param>
    internal VideoNetwork(Func<VideoForm, Trunk> build) => _build = build;

    /// <summary>The name, for example "r3d-18". It is unique in <see cref="VideoZoo"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The authors, year and title of the paper that describes the network.</summary>
    public required string Paper { get; init; }

    /// <summary>The number of classes to which <see cref="Parameters"/> refers. Default 400, as in Kinetics-400.</summary>
    public int Classes { get; init; } = 400;

    /// <summary>The usual number of frames of a clip. Default 16.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>The usual height and width of the frames in pixels. Default 112.</summary>
    public int Size { get; init; } = 112;

    /// <summary>The smallest supported number of frames. Default 2.</summary>
    /// <remarks>
    /// This is the product of the strides along time. It is 2 for networks whose temporal windows are all padded. They can run on short
    /// clips, but later layers then see little more than one frame.
    /// </remarks>
    public int LeastFrames { get; init; } = 2;

    /// <summary>The smallest supported height and width in pixels: the product of the strides along space.</summary>
    public required int LeastSize { get; init; }

    /// <summary>The number of learned parameters with <see cref="Classes"/> classes at width 1.</summary>
    public required long Parameters { get; init; }

    /// <summary>The multiply-accumulate operations for one clip of <see cref="Frames"/> and <see cref="Size"/> at width 1.</summary>
    public required long MultiplyAccumulates { get; init; }

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes; null for <see cref="Classes"/>.</param>
    /// <param name="frames">The number of frames, at least <see cref="LeastFrames"/>; null for <see cref="Frames"/>.</param>
    /// <param name="size">The height and width in pixels, at least <see cref="LeastSize"/>; null for <see cref="Size"/>.</param>
    /// <param name="width">
    /// The factor of all numbers of channels, above 0 and at most 8. Products are rounded to multiples of 8. Default 1.
    /// </param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>
    /// The network: input "input" N x 3 x frames x size x size, output "logits" N x classes. The input of the last layer is named
    /// "features".
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Model Build(int? classes = null, int? frames = null, int? size = null, double width = 1, ulong seed = 0) =>
        Trunk(frames ?? Frames, size ?? Size, width, seed).Classifier(classes ?? Classes);

    /// <summary>Builds the network without its classifier. Its weights are those of <see cref="Build"/> at the same seed.</summary>
    /// <inheritdoc cref="Build"/>
    /// <returns>
    /// The network: input "input" N x 3 x frames x size x size, output "features" N x D, where D is 512 for most networks.
    /// </returns>
    public Model BuildEncoder(int? frames = null, int? size = null, double width = 1, ulong seed = 0) =>
        Trunk(frames ?? Frames, size ?? Size, width, seed).Encoder();

    /// <inheritdoc/>
    public override string ToString() => Name;

    private Trunk Trunk(int frames, int size, double width, ulong seed)
    {
        if (frames < LeastFrames)
        {
            throw new ArgumentOutOfRangeException(nameof(frames), frames, $"{Name} takes clips of at least {LeastFrames} frames");
        }

        if (size < LeastSize)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, $"{Name} takes frames of at least {LeastSize} pixels");
        }

        if (width is not (> 0 and <= GreatestWidth))
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, $"the width must be above 0 and at most {GreatestWidth}");
        }

        return _build(new VideoForm(Name, frames, size, width, seed));
    }
}
