using System.Collections.Immutable;
using Tacit.Cli.Output;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>Tests a classifier of videos as it would be deployed: its file, in ONNX Runtime.</summary>
internal static class ClassifierFileEvaluation
{
    /// <summary>Its accuracy: evenly spaced clips of each video, as many as the file says, the largest centred square, the mean of the logits.</summary>
    public static async Task<VideoClassificationResult> RunAsync(
        string classifier,
        IFrameStore videos,
        ImmutableArray<string> classes,
        int threads,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        using var session = OnnxSession.Open(classifier, new OnnxSessionOptions { Threads = threads });
        var relay = new Relay<VideoEncodingProgress>(value => progress.Report(new StageProgress("testing", value.Done, value.Total, [])));
        var scores = await new ClipClassifier(session).ScoresAsync(videos, progress: relay, cancellation: cancellation);
        return VideoClassificationResult.Of(scores, classes);
    }
}
