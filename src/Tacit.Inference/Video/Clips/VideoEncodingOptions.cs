using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Clips;

/// <summary>Specifies how a network is applied to videos.</summary>
public sealed record VideoEncodingOptions
{
    /// <summary>
    /// The number of evenly spaced clips of each video (<see cref="Clips.TestClips"/>), at least 1. Default null: the number
    /// that the preprocessing of the network states, 10 unless it says otherwise.
    /// </summary>
    public int? Clips
    {
        get;
        init => field = value is { } clips ? Require.AtLeast(1, clips) : null;
    }

    /// <summary>The number of clips in one call of the network, at least 1. Default 10.</summary>
    public int Batch
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 10;

    /// <summary>
    /// Whether the features of each clip are scaled to Euclidean length 1 before they are averaged. Default false, as in
    /// RSPNet's retrieval protocol: clips with larger features have more weight in the mean, and a linear probe receives the
    /// features unchanged. The scores of a classifier are never scaled.
    /// </summary>
    public bool NormalizeClips { get; init; }

    /// <summary>The number of batches that are decoded and prepared ahead of the network, at least 1. Default 2.</summary>
    public int Readers
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 2;

    /// <summary>
    /// How ffmpeg is found and run if the videos are given as files. Default: from <c>TACIT_FFMPEG</c> or <c>PATH</c>, one
    /// thread per program.
    /// </summary>
    public FfmpegOptions Ffmpeg
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Ffmpeg));
    } = new();
}

/// <summary>The progress of an encoding.</summary>
/// <param name="Done">The number of videos whose features are computed.</param>
/// <param name="Total">The number of all videos.</param>
public sealed record VideoEncodingProgress(int Done, int Total);
