using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;

namespace Tacit.Cli.Commands.Features;

/// <summary>The features of a set of videos.</summary>
/// <param name="Encoder">The encoder.</param>
/// <param name="Data">The set.</param>
/// <param name="Features">The features.</param>
/// <param name="Preprocessing">How clips were prepared.</param>
/// <param name="Clips">The number of clips of each video.</param>
/// <param name="Unreadable">The number of videos that could not be read.</param>
/// <param name="Threads">The number of threads; 0 for one per core.</param>
internal sealed record EncodedVideos(
    string Encoder,
    string Data,
    VideoFeatures Features,
    ClipPreprocessing Preprocessing,
    int Clips,
    int Unreadable,
    int Threads
)
{
    /// <summary>Describes the preprocessing for the JSON object, by the keys of a file's metadata.</summary>
    public IReadOnlyDictionary<string, string> PreparationData() => new ModelMetadata { Clips = Preprocessing }.ToProperties();
}
