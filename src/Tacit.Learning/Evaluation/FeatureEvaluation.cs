using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;

namespace Tacit.Learning.Evaluation;

/// <summary>Evaluates features by the accuracy of a classifier that is trained on them and tested on other videos.</summary>
/// <remarks>The result is a function of the features and the options. It does not depend on the number of threads.</remarks>
/// <example><code>
/// var probe = new FeatureEvaluation(new LinearProbe());
/// FeatureEvaluationResult result = probe.Run(await new VideoEncoder(session).EncodeAsync(store));
/// </code></example>
public sealed class FeatureEvaluation
{
    private readonly IFeatureClassifier _classifier;
    private readonly EvaluationOptions _options;

    /// <summary>Creates an evaluation.</summary>
    /// <param name="classifier">The classifier: a <see cref="KnnClassifier"/> or a <see cref="LinearProbe"/>.</param>
    /// <param name="options">The division of the videos and the confidence intervals; null for the defaults.</param>
    public FeatureEvaluation(IFeatureClassifier classifier, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        (_classifier, _options) = (classifier, options ?? new EvaluationOptions());
    }

    /// <summary>
    /// Checks that videos can be evaluated, before their features are computed. It throws the exceptions that <see cref="Run"/>
    /// would throw for these videos.
    /// </summary>
    /// <param name="videos">The videos.</param>
    /// <param name="options">The division of the videos; null for the defaults.</param>
    /// <exception cref="InvalidDatasetException">
    /// A video has no class, all have the same class, or the videos cannot be divided as the options specify.
    /// </exception>
    public static void Check(ImmutableArray<StoredVideo> videos, EvaluationOptions? options = null) =>
        EvaluationParts.Of(LabelledFeatures.Of(new VideoFeatures(videos, new float[videos.Length])), options ?? new EvaluationOptions());

    /// <summary>Evaluates features.</summary>
    /// <param name="features">The features of labelled videos.</param>
    /// <param name="progress">Receives the progress after each part.</param>
    /// <param name="cancellation">Cancels the evaluation.</param>
    /// <exception cref="InvalidDatasetException">
    /// A video has no class, all have the same class, or the videos cannot be divided as the options specify.
    /// </exception>
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
