using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;

namespace Tacit.Cli.Commands.Features;

/// <summary>The features of a set of videos, and how they were computed.</summary>
/// <param name="Encoder">The path of the encoder.</param>
/// <param name="Data">The path of the set.</param>
/// <param name="Features">The features: one vector of D values for each readable video, the mean over its clips.</param>
/// <param name="Preprocessing">The preprocessing of clips: frames, stride, size and normalisation.</param>
/// <param name="Clips">The largest number of clips of a video. Short videos have fewer.</param>
/// <param name="Unreadable">The number of videos that could not be read. They have no features.</param>
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
    /// <summary>Returns the preprocessing for the JSON object, with the keys of the file metadata.</summary>
    public IReadOnlyDictionary<string, string> PreparationData() => new ModelMetadata { Clips = Preprocessing }.ToProperties();
}
