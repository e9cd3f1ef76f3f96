using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>A published network that can be built by its name.</summary>
public sealed record ZooNetwork
{
    private readonly Func<int, int, ulong, Model> _build;

    /// <summary>A network of no facts yet.</summary>
    /// <param name="build">Builds it for so many classes, images of such a size and weights of such a seed.</param>
    internal ZooNetwork(Func<int, int, ulong, Model> build) => _build = build;

    /// <summary>The name, such as "resnet20-cifar".</summary>
    public required string Name { get; init; }

    /// <summary>The paper that describes it.</summary>
    public required string Paper { get; init; }

    /// <summary>The number of classes in the paper.</summary>
    public required int Classes { get; init; }

    /// <summary>The height and width of the images in the paper, in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>The learnt parameters at <see cref="Classes"/> and <see cref="Size"/>.</summary>
    public required long Parameters { get; init; }

    /// <summary>The multiplications, each with an addition, for one image at <see cref="Classes"/> and <see cref="Size"/>.</summary>
    public required long MultiplyAccumulates { get; init; }

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes; by default that of the paper.</param>
    /// <param name="size">The height and width of the images in pixels; by default those of the paper.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or the network cannot take images of this size.</exception>
    public Model Build(int? classes = null, int? size = null, ulong seed = 0)
    {
        // Refused here rather than at the last layer, when all weights before it are drawn.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes ?? Classes, nameof(classes));
        return _build(classes ?? Classes, size ?? Size, seed);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
