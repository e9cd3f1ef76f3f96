using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Learning.Networks;

namespace Tacit.Cli.Commands.Conversion;

/// <summary>A network of <see cref="Zoo"/> (images) or <see cref="VideoZoo"/> (clips), by its name.</summary>
/// <param name="Name">The name, for example "resnet20-cifar".</param>
/// <param name="Classes">The number of classes of the published weights.</param>
/// <param name="Of">
/// Builds the network for a number of classes, frames and pixels. Null selects the published value. For networks of images, frames must be
/// null.
/// </param>
internal sealed record PublishedNetwork(string Name, int Classes, Func<int?, int?, int?, Model> Of)
{
    /// <summary>All networks: first those of images, then those of clips.</summary>
    public static IReadOnlyList<PublishedNetwork> All { get; } =
    [
        .. Zoo.All.Select(network => new PublishedNetwork(
            network.Name,
            network.Classes,
            (classes, frames, size) =>
                frames is null ? network.Build(classes, size) : throw new UsageException($"{network} takes images; remove --frames")
        )),
        .. VideoZoo.All.Select(network => new PublishedNetwork(
            network.Name,
            network.Classes,
            (classes, frames, size) => network.Build(classes, frames, size)
        )),
    ];

    /// <summary>Returns the network with a name.</summary>
    /// <param name="name">The name. Case matters.</param>
    /// <exception cref="UsageException">There is no such network. The message lists all names.</exception>
    public static PublishedNetwork Find(string name) =>
        All.FirstOrDefault(network => network.Name == name)
        ?? throw new UsageException($"there is no network {name}; there are {string.Join(", ", All)}");

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes; null for the published number.</param>
    /// <param name="frames">The number of frames of a clip; null for the published number. It must be null for networks of images.</param>
    /// <param name="size">The height and width of the input in pixels; null for the published size.</param>
    /// <exception cref="UsageException">
    /// The network does not support these sizes, or it takes images and <paramref name="frames"/> is given.
    /// </exception>
    public Model Build(int? classes, int? frames, int? size)
    {
        try
        {
            return Of(classes, frames, size);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new UsageException($"{Name} cannot be built: {exception.Message}");
        }
    }

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}
