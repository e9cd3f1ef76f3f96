using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video;

namespace Tacit.Learning.Protocols;

/// <summary>Multinomial logistic regression on frozen features: how well classes can be told apart by planes.</summary>
/// <remarks>
/// <para>Features are standardised by the training videos. Minimised is mean cross-entropy + λ/2 · Σ weights², biases left free, by
/// L-BFGS on all training videos at once: there is no learning rate, no batch and no random start. The function is strictly
/// convex but for a constant added to every bias, so what is learnt does not depend on the solver.</para>
/// <para>λ is chosen among training videos only: by cross-validation grouped by source, for the least cross-entropy of the videos
/// held out (of equal ones the largest λ). Test videos are never looked at.</para>
/// </remarks>
public sealed class LinearProbe : IFeatureClassifier
{
    private readonly LinearProbeOptions _options;

    /// <summary>A probe with the given options.</summary>
    public LinearProbe(LinearProbeOptions? options = null) => _options = options ?? new LinearProbeOptions();

    /// <inheritdoc/>
    /// <exception cref="InvalidDatasetException">λ is to be chosen, but the training videos are of one source.</exception>
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

    /// <summary>Learns from the training videos.</summary>
    /// <param name="features">All videos.</param>
    /// <param name="train">Those to learn from, at least one.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDatasetException">λ is to be chosen, but the training videos are of one source.</exception>
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
                // A class that was not seen is no matter of λ.
                losses[i] -= held.Sum(video => path[i].LogProbability(features.Features[video], features.Labels[video]) ?? 0);
            }
        }

        return grid[Array.IndexOf(losses, losses.Min())];
    }

    // One classifier for each weight, each started from the one before.
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
