using System.Collections.Immutable;

namespace Tacit.Learning.Evaluation;

/// <summary>A trained linear probe: a score for each class that is linear in the standardised features.</summary>
public sealed class LinearClassifier
{
    private readonly Standardisation _standardisation;
    private readonly ImmutableArray<int> _classes;
    private readonly double[] _weights; // classes x (D + 1), the bias last

    /// <summary>Creates a classifier from the result of a minimisation.</summary>
    /// <param name="standardisation">The standardisation of the features.</param>
    /// <param name="classes">The indices of the classes in the training videos, ascending.</param>
    /// <param name="lambda">The weight λ of the penalty.</param>
    /// <param name="minimum">The weights, classes x (D + 1) with the bias last.</param>
    internal LinearClassifier(Standardisation standardisation, ImmutableArray<int> classes, double lambda, Minimum minimum)
    {
        (_standardisation, _classes, _weights) = (standardisation, classes, minimum.Point);
        (Lambda, Iterations, Converged) = (lambda, minimum.Iterations, minimum.Converged);
    }

    /// <summary>The weight λ of the L2 penalty used in training.</summary>
    public double Lambda { get; }

    /// <summary>The number of iterations of the solver.</summary>
    public int Iterations { get; }

    /// <summary>Whether the solver reached its tolerance.</summary>
    public bool Converged { get; }

    /// <summary>Predicts the class with the highest score; of equal scores, the class with the lowest index.</summary>
    /// <param name="features">The features of one video, of length D.</param>
    /// <returns>The index of the class. Classes without training videos are never predicted.</returns>
    /// <exception cref="ArgumentException">The number of features differs from that in training.</exception>
    public int Predict(ReadOnlySpan<float> features)
    {
        var logarithms = LogProbabilities(features);
        return _classes[Array.IndexOf(logarithms, logarithms.Max())];
    }

    /// <summary>Computes the logarithm of the softmax probability of a class; null if the class was not in the training videos.</summary>
    /// <param name="features">The features of one video, of length D.</param>
    /// <param name="label">The index of the class.</param>
    internal double? LogProbability(ReadOnlySpan<float> features, int label)
    {
        var place = _classes.IndexOf(label);
        return place < 0 ? null : LogProbabilities(features)[place];
    }

    private double[] LogProbabilities(ReadOnlySpan<float> features)
    {
        var row = new double[_standardisation.Width];
        _standardisation.Fill(features, row);
        var scores = new double[_classes.Length];
        for (var label = 0; label < scores.Length; label++)
        {
            scores[label] = VectorMath.Dot(_weights.AsSpan(label * row.Length, row.Length), row);
        }

        var normaliser = VectorMath.LogSumExp(scores);
        return [.. scores.Select(score => score - normaliser)];
    }
}
