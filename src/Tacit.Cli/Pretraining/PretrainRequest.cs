using Tacit.Inference.Video;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Cli.Pretraining;

/// <summary>All that a pretraining was asked to do, as it is kept in the run folder.</summary>
internal sealed record PretrainRequest
{
    /// <summary>The command's name in run.json.</summary>
    public const string Command = "pretrain";

    /// <summary>The version of its form in run.json.</summary>
    public const int Version = 2;

    /// <summary>The videos: a folder or a list.</summary>
    public required string Videos { get; init; }

    /// <summary>How the set is read.</summary>
    public required VideoSetOptions Set { get; init; }

    /// <summary>The part of the set that is trained on; null for "train" where the set has one, else all of it.</summary>
    public string? Split { get; init; }

    /// <summary>The preset that the options came from.</summary>
    public PretrainingPreset Preset { get; init; }

    /// <summary>What is trained and how.</summary>
    public required PretrainingOptions Options { get; init; }

    /// <summary>The folder of the decoded videos.</summary>
    public required string Cache { get; init; }

    /// <summary>The most bytes that they may take; where they would take more, videos are decoded again and again.</summary>
    public long CacheSize { get; init; }

    /// <summary>The short side of decoded frames in pixels.</summary>
    public int ShortSide { get; init; }

    /// <summary>Where to compute, as "cpu" or "cuda:0".</summary>
    public string Device { get; init; } = "cpu";
}
