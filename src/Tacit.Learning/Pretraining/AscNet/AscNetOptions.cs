namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>How a clip's speed positive is found.</summary>
public enum PositiveChoice
{
    /// <summary>The most similar clips by appearance among those of the same speed from other videos (the paper).</summary>
    Retrieved,

    /// <summary>Any clips of the same speed from other videos: the ablation.</summary>
    Random,
}

/// <summary>The options of <see cref="AppearanceSpeedConsistency"/>. Immutable; values are checked where they are set.</summary>
/// <remarks>Where the paper is silent the default is this project's decision, and says so.</remarks>
public sealed record AscNetOptions
{
    /// <summary>The weight of appearance consistency, at least 0; 0 switches it off. Default 1 (not in the paper; RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double AppearanceWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 1;

    /// <summary>The weight of speed consistency, at least 0; 0 switches it off. Default 1 (not in the paper; RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double SpeedWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 1;

    /// <summary>How speed positives are found. Default retrieved (the paper).</summary>
    public PositiveChoice Positives { get; init; } = PositiveChoice.Retrieved;

    /// <summary>k, the number of speed positives of a clip, at least 1. Default 1 (sources on the paper conflict: 1 or 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Neighbours
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>The clips that the gallery holds, at least 2; the oldest go first. Default 16,384 (not in the paper; RSPNet's queue).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int GalleryCapacity
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 16384;

    /// <summary>
    /// The clips that the gallery must hold before speed consistency starts, at least 1. Default 1,024 (not in the paper).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int GalleryWarmUp
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1024;

    /// <summary>Where targets come from. Default momentum (not in the paper; chosen by measurement, see docs/ascnet.md).</summary>
    public TargetNetwork Target { get; init; } = TargetNetwork.Momentum;

    /// <summary>The width of the heads' hidden layers, at least 1. Default 512 (not in the paper).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 512;

    /// <summary>The width of the embeddings, at least 2. Default 128 (not in the paper; RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 128;

    /// <summary>
    /// The weight of speed contrast, at least 0; 0 leaves the published losses alone. Default 0. See <see cref="SpeedContrast"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double SpeedContrastWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    }

    /// <summary>The seed of random positives. Default 0.</summary>
    public ulong Seed { get; init; }
}
