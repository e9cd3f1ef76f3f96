using System.Collections.Immutable;
using System.Globalization;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Pretraining;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>Creates the report on a finished pretraining.</summary>
/// <remarks>
/// JSON fields: <c>encoder</c>, <c>report</c> and <c>run</c> are full paths; <c>bytes</c> is the size of the encoder; <c>method</c>,
/// <c>backbone</c>, <c>width</c>, <c>frames</c> and <c>size</c> (pixels) describe the network and its clips; <c>videos</c> is the number of
/// training videos and <c>left_out</c> that of other parts; <c>loss</c>, <c>rank</c> (the effective rank of the features) and <c>knn</c>
/// (the share of nearest neighbours with the same label, 0 to 1) are last values, null if they were not logged; <c>seconds</c> is the time
/// of the work without interruptions; <c>waiting_share</c> and <c>augmentation_share</c> are shares of that time, 0 to 1.
/// </remarks>
/// <param name="host">The run.</param>
/// <param name="result">The result of the training.</param>
internal sealed class PretrainReport(RunHost<PretrainRequest> host, PretrainingResult result)
{
    private readonly ImmutableArray<MetricCurve> _curves = MetricCurve.Of(host.Metrics);
    private readonly PretrainingOptions _options = host.Request.Options;

    /// <summary>The number of training videos.</summary>
    public required int Videos { get; init; }

    /// <summary>The number of videos of the set that belong to other parts.</summary>
    public required int LeftOut { get; init; }

    /// <summary>The videos that could not be read, with the reasons, such as an error of ffmpeg.</summary>
    public required ImmutableArray<(string Name, string Reason)> Unreadable { get; init; }

    /// <summary>Pictures of augmented clips of the last step and of retrieved positives.</summary>
    public required ContactSheets Sheets { get; init; }

    /// <summary>Creates the report: facts and curves, then pictures of clips, unreadable videos and settings.</summary>
    public Report Create() =>
        new(Data(), [Facts(), Curves(), .. Pictures(), .. TrainingReport.Sections(Unreadable, host.Request)])
        {
            Title = $"{Files.NameOf(host.Request.Videos.Path)}: {_options.Recipe.Title}, {_options.Backbone}",
        };

    private FactList Facts()
    {
        var (rank, neighbours) = (Last("features.rank"), Last("features.knn"));
        var waiting = Format.Percent(100 * result.WaitingShare);
        return new FactList()
            .Add("encoder", Files.Shown(host.Output))
            .Add(
                "network",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_options.Backbone}, width {_options.Width}, clips of {_options.Sampling.Frames} frames, {_options.Augmentation.Size} pixels"
                )
            )
            .Add("videos", $"{Videos}{(LeftOut > 0 ? $", {LeftOut} of other parts of the set left out" : "")}", Format.Count(Videos))
            .Add("steps", $"{Format.Count(result.Steps)} of {_options.BatchSize} videos", Format.Count(result.Steps))
            .Add(
                "features",
                $"effective rank {Format.Number(rank)}{(double.IsNaN(neighbours) ? "" : $", nearest neighbours {Format.Percent(100 * neighbours)} right")}",
                $"rank {Format.Number(rank)}"
            )
            .Add("data", $"{waiting} of the time waiting for clips, {Format.Percent(100 * result.AugmentationShare)} augmenting them")
            .Add("unreadable", TrainingReport.Unreadable(Unreadable));
    }

    /// <summary>Creates the charts of losses, embeddings, features, learning rate and gradient.</summary>
    private Details Curves() =>
        new(
            "Curves",
            null,
            TrainingReport.Chart("Losses", _curves, "loss", "appearance", "speed", "speed contrast"),
            TrainingReport.Chart(
                "Spread of the embeddings: near 0, all embeddings are equal",
                _curves,
                _curves.Select(curve => curve.Metric).Where(name => name.StartsWith("spread.", StringComparison.Ordinal))
            ),
            TrainingReport.Chart("Effective rank of the features", _curves, "features.rank"),
            TrainingReport.Chart(
                "Shares of neighbours and of positives with the same label (labels are used for this chart only)",
                _curves,
                "features.knn",
                "positives.label"
            ),
            TrainingReport.Chart("Learning rate and gradient", _curves, "rate", "gradient")
        );

    /// <summary>Creates the sheets of augmented clips and, for ASCNet, of retrieved positives.</summary>
    private IEnumerable<Details> Pictures()
    {
        yield return new Details(
            "What the network saw",
            "Augmented clips of the last step. Each row shows the views of one video.",
            [.. Sheets.Augmented.Select(views => new Pictures(views, AreStrips: true))]
        );
        if (!Sheets.Positives.IsEmpty)
        {
            yield return new Details(
                "Retrieved positives",
                "Left: a clip of the last step. Right: the clip of the same speed, from another video, whose appearance was most similar. The network learns to predict its speed embedding.",
                [.. Sheets.Positives.Select(pair => new Pictures([pair.Clip, pair.Positive], AreStrips: true))]
            );
        }
    }

    /// <summary>Returns the last value of a metric; NaN if it was never logged.</summary>
    private double Last(string metric) => _curves.FirstOrDefault(curve => curve.Metric == metric)?.Last ?? double.NaN;

    /// <summary>Returns the JSON object. Shares are from 0 to 1, times in seconds.</summary>
    private object Data() =>
        new
        {
            encoder = host.Output,
            bytes = new FileInfo(host.Output).Length,
            report = host.Report,
            run = host.Folder,
            method = _options.Recipe.Name,
            backbone = _options.Backbone,
            width = _options.Width,
            frames = _options.Sampling.Frames,
            size = _options.Augmentation.Size,
            videos = Videos,
            left_out = LeftOut,
            steps = result.Steps,
            seconds = host.Elapsed.TotalSeconds,
            waiting_share = result.WaitingShare,
            augmentation_share = result.AugmentationShare,
            loss = Last("loss"),
            rank = Last("features.rank"),
            knn = Last("features.knn"),
            unreadable = TrainingReport.ToJson(Unreadable),
        };
}
