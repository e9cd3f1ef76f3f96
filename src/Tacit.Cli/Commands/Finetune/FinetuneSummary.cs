using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Cli.Commands.Training;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;
using Tacit.Learning.FineTuning;
using Tacit.Learning.Networks;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>What a finished fine-tuning has to say, for the console, for --json and for the page.</summary>
internal sealed record FinetuneSummary : RunSummary
{
    /// <summary>What was asked for.</summary>
    public required FinetuneRequest Request { get; init; }

    /// <summary>The network that the encoder is, as its file says; null where it does not.</summary>
    public required string? Backbone { get; init; }

    /// <summary>The classifier's file.</summary>
    public required string Classifier { get; init; }

    /// <summary>The size of that file.</summary>
    public required long Bytes { get; init; }

    /// <summary>What the training gave.</summary>
    public required VideoFineTuningResult Result { get; init; }

    /// <summary>How the classifier did on the part "test"; null where nothing was tested.</summary>
    public required VideoClassificationResult? Test { get; init; }

    /// <summary>Sources that were trained on and tested.</summary>
    public required int SharedSources { get; init; }

    /// <summary>The videos of other parts of the set.</summary>
    public required int LeftOut { get; init; }

    /// <summary>The videos that could not be read, with reasons.</summary>
    public required ImmutableArray<(string Name, string Reason)> Unreadable { get; init; }

    /// <summary>The epoch that was taken.</summary>
    public FineTuningEpoch Chosen => Result.Epochs[Result.ChosenEpoch - 1];

    /// <summary>What an encoder's file says of its network.</summary>
    public static string? BackboneOf(Model encoder) => ModelMetadata.Read(encoder.Metadata).Backbone;

    /// <inheritdoc/>
    public override void Write(IAnsiConsole console) => FinetuneText.Write(console, this);

    /// <summary>The object that --json writes; shares are in percent.</summary>
    public override object ToJson() =>
        new
        {
            classifier = Classifier,
            bytes = Bytes,
            report = Report,
            run = Run,
            encoder = Request.Encoder,
            data = Request.Videos.Path,
            backbone = Backbone,
            from_scratch = Request.Options.FromScratch,
            classes = Result.Classes,
            training_videos = Result.TrainingVideos.Length,
            validation_videos = Result.ValidationVideos.Length,
            left_out = LeftOut,
            steps = Result.Steps,
            chosen_epoch = Result.ChosenEpoch,
            epochs = Result.Epochs.Select(epoch => new
            {
                epoch = epoch.Epoch,
                loss = epoch.Loss,
                accuracy = epoch.Accuracy,
                validation_loss = epoch.ValidationLoss,
            }),
            test = Test is null ? null : TestToJson(Test),
            unreadable = Unreadable.Select(video => new { name = video.Name, reason = video.Reason }),
            seed = Request.Options.Seed,
            seconds = Seconds,
            waiting_share = Result.WaitingShare,
            augmentation_share = Result.AugmentationShare,
        };

    private object TestToJson(VideoClassificationResult test) =>
        new
        {
            top1 = test.Top1,
            top1_interval = JsonOutput.Pair(test.Top1Interval),
            top5 = test.Top5,
            top5_interval = JsonOutput.Pair(test.Top5Interval),
            chance = test.Chance,
            videos = test.Videos.Length,
            sources = test.Sources,
            shared_sources = SharedSources,
            classes = test.Classes.Select(each => new
            {
                name = each.Name,
                videos = each.Videos,
                accuracy = each.Accuracy,
                interval = JsonOutput.Pair(each.Interval),
            }),
            confusion = ConfusionTable.ToJson(test.Confusion),
            predicted = test
                .Videos.Zip(test.Predictions)
                .ToDictionary(pair => pair.First, pair => test.Confusion.Classes[pair.Second], StringComparer.Ordinal),
            correct = test.Videos.Zip(test.Correct).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
        };
}
