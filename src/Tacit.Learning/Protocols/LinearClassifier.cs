using System.Collections.Immutable;

namespace Tacit.Learning.Protocols;

/// <summary>What a linear probe has learnt: a score for each class, linear in standardised features.</summary>
public sealed class LinearClassifier
{
    private readonly Standardisation _standardisation;
    private readonly ImmutableArray<int> _classes;
    private readonly double[] _weights; // classes x (D + 1), the bias last

    internal LinearClassifier(Standardisation standardisation, ImmutableArray<int> classes, double lambda, Minimum minimum)
    {
        (_standardisation, _classes, _weights) = (standardisation, classes, minimum.Point);
        (Lambda, Iterations, Converged) = (lambda, minimum.Iterations, minimum.Converged);
    }

    /// <summary>The weight of the L2 penalty that it was learnt with.</summary>
    public double Lambda { get; }

    /// <summary>The solver's iterations.</summary>
    public int Iterations { get; }

    /// <summary>Whether the solver reached its tolerance.</summary>
    public bool Converged { get; }

    /// <summary>The class of the highest score; of equal ones the first.</summary>
    /// <param name="features">The features of one video.</param>
    /// <exception cref="ArgumentException">They are not as many as those learnt from.</exception>
    public int Predict(ReadOnlySpan<float> features)
    {
        var logarithms = LogProbabilities(features);
        return _classes[Array.IndexOf(logarithms, logarithms.Max())];
    }

    // The logarithm of the probability of a class; null where the class was not learnt.
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

        var max = scores.Max();
        var normaliser = max + Math.Log(scores.Sum(score => Math.Exp(score - max)));
        return [.. scores.Select(score => score - normaliser)];
    }
}
