using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Describes and builds a published network on images.</summary>
public sealed record ZooNetwork
{
    private readonly Func<int, int, ulong, Model> _build;

    /// <summary>Creates the description of a network.</summary>
    /// <param name="build">Builds the network: (classes, size, seed) → network.</param>
    internal ZooNetwork(Func<int, int, ulong, Model> build) => _build = build;

    /// <summary>The name, for example "resnet20-cifar". It is unique in <see cref="Zoo"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The authors, year and title of the paper that describes the network.</summary>
    public required string Paper { get; init; }

    /// <summary>The number of classes in the paper: 10 for CIFAR-10, 1,000 for ImageNet.</summary>
    public required int Classes { get; init; }

    /// <summary>The height and width of the images in the paper, in pixels: 32 or 224.</summary>
    public required int Size { get; init; }

    /// <summary>The number of learned parameters with <see cref="Classes"/> classes at <see cref="Size"/>.</summary>
    public required long Parameters { get; init; }

    /// <summary>The multiply-accumulate operations for one image of <see cref="Size"/>.</summary>
    public required long MultiplyAccumulates { get; init; }

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes; null for <see cref="Classes"/>.</param>
    /// <param name="size">The height and width of the images in pixels; null for <see cref="Size"/>.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is not positive, or the network does not support images of this size.
    /// </exception>
    public Model Build(int? classes = null, int? size = null, ulong seed = 0)
    {
        // Checked before the weights are drawn, which takes a while for large networks.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes ?? Classes, nameof(classes));
        return _build(classes ?? Classes, size ?? Size, seed);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
