using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Learning.Networks;

namespace Tacit.Cli.Commands.Conversion;

/// <summary>A network of either zoo, on images or on clips of video.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Classes">The number of classes that it is known for.</param>
/// <param name="Of">Builds it for so many classes, frames and pixels, each by default what it is known for; images have no frames.</param>
internal sealed record PublishedNetwork(string Name, int Classes, Func<int?, int?, int?, Model> Of)
{
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

    public static PublishedNetwork Find(string name) =>
        All.FirstOrDefault(network => network.Name == name)
        ?? throw new UsageException($"there is no network {name}; there are {string.Join(", ", All)}");

    /// <summary>The network with random weights.</summary>
    /// <exception cref="UsageException">It cannot be built so.</exception>
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

    public override string ToString() => Name;
}
