using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;

namespace Tacit.Learning.Evaluation;

/// <summary>Multinomial logistic regression on frozen features. It measures how well classes can be separated by hyperplanes.</summary>
/// <remarks>
/// <para>
/// Features are standardised with the mean and variance of the training videos. The objective is the mean cross-entropy plus
/// λ/2 · Σ weights², with unpenalised biases. It is minimised by L-BFGS over all training videos at once, so there is no
/// learning rate, no batch size and no random initialisation. The objective is strictly convex except for a constant added to
/// all biases, so the result does not depend on the solver.
/// </para>
/// <para>
/// λ is chosen with the training videos only, by cross-validation grouped by source, to minimise the cross-entropy of the
/// held-out videos; of equal values the largest λ is chosen. Test videos are not used.
/// </para>
/// </remarks>
/// <example><code>
/// var accuracy = new FeatureEvaluation(new LinearProbe(new LinearProbeOptions { Lambda = 0.01 })).Run(features).Accuracy;
/// </code></example>
public sealed class LinearProbe : IFeatureClassifier
{
    private readonly LinearProbeOptions _options;

    /// <summary>Creates a probe.</summary>
    /// <param name="options">The penalty and the solver; null for the defaults.</param>
    public LinearProbe(LinearProbeOptions? options = null) => _options = options ?? new LinearProbeOptions();

    /// <inheritdoc/>
    /// <exception cref="InvalidDatasetException">λ has to be chosen, but all training videos are from one source.</exception>
    public int[] Predict(
        LabelledFeatures features,
        ReadOnlyMemory<int> train,
        ReadOnlyMemory<int> test,
        CancellationToken cancellation = default
    )
    {
        var classifier = Fit(features, train, cancellation);
        return [.. test.ToArray().Select(video => classifier.Predict(features.Features[video]))];
    }

    /// <summary>Trains a classifier.</summary>
    /// <param name="features">The features of all videos.</param>
    /// <param name="train">The indices of the training videos; at least one.</param>
    /// <param name="cancellation">Cancels the training.</param>
    /// <exception cref="InvalidDatasetException">λ has to be chosen, but all training videos are from one source.</exception>
    public LinearClassifier Fit(LabelledFeatures features, ReadOnlyMemory<int> train, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfZero(train.Length, nameof(train));
        var lambda = _options.Lambda ?? (_options.Grid is [var only] ? only : Choose(features, train.Span, cancellation));
        return Path(features, train.Span, [lambda], cancellation).Single();
    }

    private double Choose(LabelledFeatures features, ReadOnlySpan<int> train, CancellationToken cancellation)
    {
        int[] labels = [.. train.ToArray().Select(video => features.Labels[video])];
        int[] groups = [.. train.ToArray().Select(video => features.Groups[video])];
        var sources = groups.Distinct().Count();
        if (sources < 2)
        {
            throw new InvalidDatasetException(
                $"the {train.Length} training videos are of one source, so the weight of the penalty cannot be chosen among them; "
                    + "give videos of several sources, or the weight"
            );
        }

        double[] grid = [.. _options.Grid.OrderDescending()];
        var losses = new double[grid.Length];
        var folds = Math.Min(_options.InnerFolds, sources);
        var division = StratifiedGroupKFold.Of(labels, groups, folds, _options.Seed);
        for (var fold = 0; fold < folds; fold++)
        {
            int[] seen = [.. train.ToArray().Where((_, i) => division[i] != fold)];
            int[] held = [.. train.ToArray().Where((_, i) => division[i] == fold)];
            var path = Path(features, seen, grid, cancellation);
            for (var i = 0; i < grid.Length; i++)
            {
                // The choice of λ does not affect classes without training videos.
                losses[i] -= held.Sum(video => path[i].LogProbability(features.Features[video], features.Labels[video]) ?? 0);
            }
        }

        return grid[Array.IndexOf(losses, losses.Min())];
    }

    // One classifier for each λ. Each minimisation starts from the result of the one before.
    private List<LinearClassifier> Path(
        LabelledFeatures features,
        ReadOnlySpan<int> train,
        IReadOnlyList<double> lambdas,
        CancellationToken cancellation
    )
    {
        int[] labels = [.. train.ToArray().Select(video => features.Labels[video])];
        ImmutableArray<int> classes = [.. labels.Distinct().Order()];
        var standardisation = new Standardisation(features.Features, train);
        var rows = Rows(features.Features, train, standardisation);
        int[] targets = [.. labels.Select(label => classes.BinarySearch(label))];
        var solver = new LimitedMemoryBfgs(_options.Tolerance, _options.MaxIterations);
        var start = new double[classes.Length * standardisation.Width];
        var path = new List<LinearClassifier>();
        foreach (var lambda in lambdas)
        {
            var minimum = solver.Run(
                new CrossEntropy(rows, targets, classes.Length, lambda, _options.Parallelism).Evaluate,
                start,
                cancellation
            );
            path.Add(new LinearClassifier(standardisation, classes, lambda, minimum));
            start = minimum.Point;
        }

        return path;
    }

    private static double[] Rows(VideoFeatures features, ReadOnlySpan<int> train, Standardisation standardisation)
    {
        var width = standardisation.Width;
        var rows = new double[checked(train.Length * width)];
        for (var i = 0; i < train.Length; i++)
        {
            standardisation.Fill(features[train[i]], rows.AsSpan(i * width, width));
        }

        return rows;
    }
}
