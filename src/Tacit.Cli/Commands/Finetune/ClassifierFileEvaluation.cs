using System.Collections.Immutable;
using Tacit.Cli.Output;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>Tests the file of a video classifier in ONNX Runtime, as an application would run it.</summary>
internal static class ClassifierFileEvaluation
{
    /// <summary>Classifies videos and compares the predictions with their labels.</summary>
    /// <remarks>
    /// Each video contributes evenly spaced clips, as many as the metadata of the file says. A clip is the largest centred square of its
    /// frames, scaled to the input size. The logits of the clips are averaged.
    /// </remarks>
    /// <param name="classifier">The path of the ONNX file.</param>
    /// <param name="videos">The labelled test videos.</param>
    /// <param name="classes">The class of each output.</param>
    /// <param name="threads">The number of threads of ONNX Runtime; 0 for one per core.</param>
    /// <param name="progress">Displays the number of tested videos.</param>
    /// <param name="cancellation">Cancels the test.</param>
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
