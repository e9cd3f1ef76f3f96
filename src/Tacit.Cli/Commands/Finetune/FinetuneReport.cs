using System.Collections.Immutable;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Learning.Evaluation;
using Tacit.Learning.FineTuning;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>Creates the report on a finished fine-tuning.</summary>
/// <remarks>
/// JSON fields: <c>classifier</c>, <c>report</c> and <c>run</c> are full paths; <c>bytes</c> is the size of the classifier;
/// <c>chosen_epoch</c> counts from 1; <c>epochs</c> lists the loss of each epoch and, if videos were held out, their accuracy in percent
/// and their loss; <c>test</c> is null if no videos were tested, otherwise it has <c>top1</c> and <c>top5</c> in percent with 95 %
/// intervals as [low, high], the results of each class, the confusions, and the predicted class of each video; <c>seconds</c> is the time
/// of the work without interruptions; <c>waiting_share</c> and <c>augmentation_share</c> are shares of that time, 0 to 1.
/// </remarks>
/// <param name="host">The run.</param>
/// <param name="encoder">The encoder from which the training started.</param>
/// <param name="result">The result of the training.</param>
internal sealed class FinetuneReport(RunHost<FinetuneRequest> host, Model encoder, VideoFineTuningResult result)
{
    private readonly string? _backbone = ModelMetadata.Read(encoder.Metadata).Backbone;
    private readonly FinetuneRequest _request = host.Request;

    /// <summary>The result of the classifier on the test videos; null if there are none.</summary>
    public required VideoClassificationResult? Test { get; init; }

    /// <summary>The number of sources with both training and test videos. Above 0, the report warns.</summary>
    public required int SharedSources { get; init; }

    /// <summary>The number of videos of the set that were neither trained on nor tested.</summary>
    public required int LeftOut { get; init; }

    /// <summary>The videos that could not be read, with the reasons, such as an error of ffmpeg.</summary>
    public required ImmutableArray<(string Name, string Reason)> Unreadable { get; init; }

    /// <summary>The epoch whose weights the classifier has.</summary>
    private FineTuningEpoch Chosen => result.Epochs[result.ChosenEpoch - 1];

    /// <summary>Creates the report: accuracy, training and epochs, then classes, confusions, curves and settings.</summary>
    public Report Create() =>
        new(
            Data(),
            [
                Facts(),
                .. Test is { } test ? ClassificationReport.Blocks(test.Confusion, test.Classes, test.Videos.Length, test.Sources) : [],
                .. Curves(),
                .. TrainingReport.Sections(Unreadable, _request),
            ]
        )
        {
            Title = $"{Files.NameOf(_request.Videos.Path)}: {_backbone ?? "fine-tuned"}",
        };

    private FactList Facts()
    {
        var facts = new FactList().Add("classifier", Files.Shown(host.Output));
        if (Test is { } test)
        {
            facts = facts.Add(ClassificationReport.Accuracy("accuracy", test.Top1, test.Top1Interval, test.Chance, test.Sources));
            if (result.Classes.Length > 5)
            {
                facts = facts.Add("top-5", $"{Format.Percent(test.Top5)}  ({Format.Interval(test.Top5Interval, test.Sources)})");
            }
        }

        var weights = _request.Options.FromScratch ? "from random weights" : $"from {Files.Shown(_request.Encoder)}";
        var others = LeftOut > 0 ? $", {LeftOut} of other parts of the set left out" : "";
        return facts
            .Add("tested", Tested())
            .Add("warning", ClassificationReport.Shared(SharedSources))
            .Add("network", $"{_backbone ?? "unnamed"}, {weights}")
            .Add(
                "trained on",
                $"{Format.Count(result.TrainingVideos.Length)} videos of {result.Classes.Length} classes{others}",
                Format.Count(result.TrainingVideos.Length, "video")
            )
            .Add("epoch", Epoch(), $"{result.ChosenEpoch} of {result.Epochs.Length}")
            .Add("unreadable", TrainingReport.Unreadable(Unreadable));
    }

    /// <summary>Describes the tested videos, or why none were tested.</summary>
    private string Tested() =>
        Test is { } test
            ? $"{Format.Count(test.Videos.Length)} videos of {Format.Count(test.Sources, "source")}, the part test"
            : "nothing: the set has no part test that was not trained on";

    /// <summary>
    /// Describes the epoch: "12 of 20, chosen by 48 videos held out: 61.25 % right", or "20, the last" without held-out videos.
    /// </summary>
    private string Epoch() =>
        Chosen.Accuracy is { } accuracy
            ? $"{Chosen.Epoch} of {result.Epochs.Length}, chosen by {Format.Count(result.ValidationVideos.Length, "video")} held out: {Format.Percent(accuracy)} right"
            : $"{Chosen.Epoch}, the last";

    /// <summary>Creates the charts of losses, accuracies, learning rate and gradient, and the table of the epochs.</summary>
    private IEnumerable<Details> Curves()
    {
        var curves = MetricCurve.Of(host.Metrics);
        yield return new Details(
            "Curves",
            null,
            TrainingReport.Chart("Loss", curves, "loss", "validation.loss"),
            TrainingReport.Chart(
                "Accuracy in %: training clips, and held-out videos after each epoch",
                curves,
                "accuracy",
                "validation.accuracy"
            ),
            TrainingReport.Chart("Learning rate and gradient", curves, "rate", "gradient")
        );
        yield return new Details(
            "Epochs",
            null,
            new ReportTable(
                [.. Column.Numbers("epoch", "loss", "held-out accuracy", "held-out loss")],
                result.Epochs.Select(epoch =>
                    new[]
                    {
                        $"{epoch.Epoch}",
                        Format.Number(epoch.Loss),
                        epoch.Accuracy is { } accuracy ? Format.Percent(accuracy) : "–",
                        epoch.ValidationLoss is { } loss ? Format.Number(loss) : "–",
                    }
                )
            )
        );
    }

    /// <summary>Returns the JSON object. Accuracies are in percent, times in seconds.</summary>
    private object Data() =>
        new
        {
            classifier = host.Output,
            bytes = new FileInfo(host.Output).Length,
            report = host.Report,
            run = host.Folder,
            encoder = _request.Encoder,
            data = _request.Videos.Path,
            backbone = _backbone,
            from_scratch = _request.Options.FromScratch,
            classes = result.Classes,
            training_videos = result.TrainingVideos.Length,
            validation_videos = result.ValidationVideos.Length,
            left_out = LeftOut,
            steps = result.Steps,
            chosen_epoch = result.ChosenEpoch,
            epochs = result.Epochs.Select(epoch => new
            {
                epoch = epoch.Epoch,
                loss = epoch.Loss,
                accuracy = epoch.Accuracy,
                validation_loss = epoch.ValidationLoss,
            }),
            test = Test is null ? null : TestData(Test),
            unreadable = TrainingReport.ToJson(Unreadable),
            seed = _request.Options.Seed,
            seconds = host.Elapsed.TotalSeconds,
            waiting_share = result.WaitingShare,
            augmentation_share = result.AugmentationShare,
        };

    /// <summary>Returns the field "test" of the JSON object. Accuracies are in percent.</summary>
    private object TestData(VideoClassificationResult test) =>
        new
        {
            top1 = test.Top1,
            top1_interval = JsonWriter.Pair(test.Top1Interval),
            top5 = test.Top5,
            top5_interval = JsonWriter.Pair(test.Top5Interval),
            chance = test.Chance,
            videos = test.Videos.Length,
            sources = test.Sources,
            shared_sources = SharedSources,
            classes = ClassificationReport.ToJson(test.Classes),
            confusion = Confusions.ToJson(test.Confusion),
            predicted = test
                .Videos.Zip(test.Predictions)
                .ToDictionary(pair => pair.First, pair => test.Confusion.Classes[pair.Second], StringComparer.Ordinal),
            correct = ClassificationReport.ToJson(test.Videos, test.Correct),
        };
}
