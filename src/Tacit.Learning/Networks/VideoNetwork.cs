using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>A published network on clips of video that can be built by its name, with or without its classifier.</summary>
/// <example><code>
/// VideoNetwork network = VideoZoo.Find("r3d-10")!;
/// Model encoder = network.BuildEncoder(frames: 8, size: 56, width: 0.5); // input "input" N x 3 x 8 x 56 x 56, output "features" N x 256
/// </code></example>
public sealed record VideoNetwork
{
    private const double GreatestWidth = 8;

    private readonly Func<VideoForm, Trunk> _build;

    /// <summary>A network of no facts yet.</summary>
    /// <param name="build">Builds it but for its classifier.</param>
    internal VideoNetwork(Func<VideoForm, Trunk> build) => _build = build;

    /// <summary>The name, such as "r3d-18".</summary>
    public required string Name { get; init; }

    /// <summary>The paper that describes it.</summary>
    public required string Paper { get; init; }

    /// <summary>The number of classes that <see cref="Parameters"/> counts: 400, those of Kinetics-400.</summary>
    public int Classes { get; init; } = 400;

    /// <summary>The frames of a clip that it is known for.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>The height and width of the frames that it is known for, in pixels.</summary>
    public int Size { get; init; } = 112;

    /// <summary>The fewest frames that it takes.</summary>
    /// <remarks>
    /// What its strides in time multiply to, or 2 where every window that halves the time is padded: such networks see less and
    /// less of it but can be computed.
    /// </remarks>
    public int LeastFrames { get; init; } = 2;

    /// <summary>The smallest height and width that it takes, in pixels: what its strides in space multiply to.</summary>
    public required int LeastSize { get; init; }

    /// <summary>The learnt parameters at <see cref="Classes"/> and width 1.</summary>
    public required long Parameters { get; init; }

    /// <summary>The multiplications, each with an addition, for one clip of <see cref="Frames"/> and <see cref="Size"/> at width 1.</summary>
    public required long MultiplyAccumulates { get; init; }

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes; by default <see cref="Classes"/>.</param>
    /// <param name="frames">The frames of a clip, at least <see cref="LeastFrames"/>; by default <see cref="Frames"/>.</param>
    /// <param name="size">The height and width of the frames in pixels, at least <see cref="LeastSize"/>; by default <see cref="Size"/>.</param>
    /// <param name="width">What every number of channels is multiplied by, then rounded to a multiple of 8; above 0, at most 8.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <returns>
    /// The network: input "input" N x 3 x frames x size x size, output "logits" N x classes. What the last layer reads is called
    /// "features".
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Model Build(int? classes = null, int? frames = null, int? size = null, double width = 1, ulong seed = 0) =>
        Trunk(frames ?? Frames, size ?? Size, width, seed).Classifier(classes ?? Classes);

    /// <summary>Builds the network without its classifier, with random weights: those of <see cref="Build"/> at the same seed.</summary>
    /// <inheritdoc cref="Build"/>
    /// <returns>The network: input "input" N x 3 x frames x size x size, output "features" N x their number.</returns>
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
