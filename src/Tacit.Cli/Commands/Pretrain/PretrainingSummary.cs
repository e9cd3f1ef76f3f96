using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Learning.Pretraining;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>What a finished pretraining has to say, for the console, for --json and for the page.</summary>
internal sealed record PretrainingSummary : RunSummary
{
    /// <summary>What was asked for.</summary>
    public required PretrainRequest Request { get; init; }

    /// <summary>The encoder's file.</summary>
    public required string Encoder { get; init; }

    /// <summary>The size of that file.</summary>
    public required long Bytes { get; init; }

    /// <summary>What the training gave.</summary>
    public required PretrainingResult Result { get; init; }

    /// <summary>The videos that were trained on.</summary>
    public required int Videos { get; init; }

    /// <summary>The videos of other parts of the set.</summary>
    public required int LeftOut { get; init; }

    /// <summary>The videos that could not be read, with reasons.</summary>
    public required ImmutableArray<(string Name, string Reason)> Unreadable { get; init; }

    /// <summary>The last value of a metric; not a number where it was never logged.</summary>
    public double Last(string metric) => Metrics.LastOrDefault(entry => entry.Values.ContainsKey(metric))?.Values[metric] ?? double.NaN;

    /// <inheritdoc/>
    public override void Write(IAnsiConsole console) => PretrainingText.Write(console, this);

    /// <summary>The object that --json writes.</summary>
    public override object ToJson() =>
        new
        {
            encoder = Encoder,
            bytes = Bytes,
            report = Report,
            run = Run,
            method = Request.Options.Recipe.Name,
            backbone = Request.Options.Backbone,
            width = Request.Options.Width,
            frames = Request.Options.Sampling.Frames,
            size = Request.Options.Augmentation.Size,
            videos = Videos,
            left_out = LeftOut,
            steps = Result.Steps,
            seconds = Seconds,
            waiting_share = Result.WaitingShare,
            augmentation_share = Result.AugmentationShare,
            loss = Last("loss"),
            rank = Last("features.rank"),
            knn = Last("features.knn"),
            unreadable = Unreadable.Select(video => new { name = video.Name, reason = video.Reason }),
        };
}
