using System.Collections.Immutable;
using System.Globalization;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Pretraining;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>Creates the report on a finished pretraining.</summary>
/// <param name="host">The run.</param>
/// <param name="result">The result.</param>
internal sealed class PretrainReport(RunHost<PretrainRequest> host, PretrainingResult result)
{
    private readonly ImmutableArray<MetricCurve> _curves = MetricCurve.Of(host.Metrics);
    private readonly PretrainingOptions _options = host.Request.Options;

    /// <summary>The number of videos that were trained on.</summary>
    public required int Videos { get; init; }

    /// <summary>The number of videos of other parts of the set.</summary>
    public required int LeftOut { get; init; }

    /// <summary>The videos that could not be read, with reasons.</summary>
    public required ImmutableArray<(string Name, string Reason)> Unreadable { get; init; }

    /// <summary>What the network saw, as pictures.</summary>
    public required ContactSheets Sheets { get; init; }

    /// <summary>Creates the report.</summary>
    public Report Create() =>
        new(Data(), [Facts(), Curves(), .. Pictures(), .. TrainingReport.Sections(Unreadable, host.Request)])
        {
            Title =
                $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(host.Request.Videos.Path))}: {_options.Recipe.Title}, {_options.Backbone}",
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

    // NaN if the metric was never logged.
    private double Last(string metric) => _curves.FirstOrDefault(curve => curve.Metric == metric)?.Last ?? double.NaN;

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
