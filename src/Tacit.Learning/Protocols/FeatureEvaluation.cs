using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video;

namespace Tacit.Learning.Protocols;

/// <summary>Judges features by how well a classifier on them finds the classes of videos that it has not seen.</summary>
/// <remarks>Results are a function of the features and options; they do not depend on the number of threads.</remarks>
/// <example><code>
/// var probe = new FeatureEvaluation(new LinearProbe());
/// FeatureEvaluationResult result = probe.Run(await new VideoEncoder(session).EncodeAsync(store));
/// </code></example>
public sealed class FeatureEvaluation
{
    private readonly IFeatureClassifier _classifier;
    private readonly EvaluationOptions _options;

    /// <summary>An evaluation by a classifier: a <see cref="KnnClassifier"/> or a <see cref="LinearProbe"/>.</summary>
    public FeatureEvaluation(IFeatureClassifier classifier, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        (_classifier, _options) = (classifier, options ?? new EvaluationOptions());
    }

    /// <summary>Throws what <see cref="Run"/> would throw of these videos, before anyone computes their features.</summary>
    /// <param name="videos">The videos.</param>
    /// <param name="options">How they are to be judged; null for the defaults.</param>
    /// <exception cref="InvalidDatasetException">Videos have no classes, or cannot be divided as the options say.</exception>
    public static void Check(ImmutableArray<StoredVideo> videos, EvaluationOptions? options = null) =>
        EvaluationParts.Of(LabelledFeatures.Of(new VideoFeatures(videos, new float[videos.Length])), options ?? new EvaluationOptions());

    /// <summary>Judges features.</summary>
    /// <param name="features">The features of labelled videos.</param>
    /// <param name="progress">Told after each part.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDatasetException">Videos have no classes, or cannot be divided as the options say.</exception>
    public FeatureEvaluationResult Run(
        VideoFeatures features,
        IProgress<PartProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var labelled = LabelledFeatures.Of(features);
        var parts = EvaluationParts.Of(labelled, _options);
        var predictions = parts.Run(
            part => _classifier.Predict(labelled, part.Train, part.Test, cancellation),
            _options.Parallelism,
            progress,
            cancellation
        );
        var shares = new HitShares(features.Count);
        var repeats = new List<(int Repeat, bool Hit)>();
        List<int> actual = [],
            taken = [];
        foreach (var (part, predicted) in parts.Parts.Zip(predictions))
        {
            for (var i = 0; i < predicted.Length; i++)
            {
                var hit = predicted[i] == labelled.Labels[part.Test[i]];
                shares.Add(part.Test[i], hit);
                repeats.Add((part.Repeat, hit));
                actual.Add(labelled.Labels[part.Test[i]]);
                taken.Add(predicted[i]);
            }
        }

        var tested = shares.Tested;
        var correct = shares.Shares;
        ImmutableArray<int> groups = [.. tested.Select(video => labelled.Groups[video])];
        var bootstrap = new ClusterBootstrap(_options.Bootstrap);
        var classes = ClassAccuracies.Of(labelled.Classes, [.. tested.Select(video => labelled.Labels[video])], correct, groups, bootstrap);
        return new FeatureEvaluationResult
        {
            IsGivenDivision = parts.AreGiven,
            Accuracy = 100 * correct.Average(),
            Interval = bootstrap.Percent(correct, groups),
            Chance = 100.0 * classes.Max(each => each.Videos) / tested.Length,
            Repeats = [.. repeats.GroupBy(pair => pair.Repeat, pair => pair.Hit).Select(hits => 100 * hits.Average(hit => hit ? 1.0 : 0))],
            Classes = classes,
            Confusion = ConfusionMatrix.Of(labelled.Classes, [.. actual], [.. taken]),
            Videos = [.. tested.Select(video => features.Videos[video].Name)],
            Correct = correct,
            Groups = groups,
            TrainingVideos = parts.Parts.Max(part => part.Train.Length),
            SharedSources = parts.Parts.Max(part => Sources(labelled, part.Train).Intersect(Sources(labelled, part.Test)).Count()),
        };
    }

    private static IEnumerable<int> Sources(LabelledFeatures features, int[] videos) => videos.Select(video => features.Groups[video]);
}
