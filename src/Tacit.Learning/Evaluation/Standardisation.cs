using Tacit.Inference.Video.Clips;

namespace Tacit.Learning.Evaluation;

/// <summary>Scales each feature to mean 0 and variance 1 over the training videos, and appends a 1 for the bias.</summary>
internal sealed class Standardisation
{
    // A feature whose deviation is below this share of its mean is treated as constant and becomes 0.
    private const double Constant = 1e-6;

    private readonly double[] _mean;
    private readonly double[] _factor;

    /// <summary>Computes the mean and variance of each feature.</summary>
    /// <param name="features">The features of all videos.</param>
    /// <param name="train">The indices of the training videos.</param>
    public Standardisation(VideoFeatures features, ReadOnlySpan<int> train)
    {
        _mean = new double[features.Dimension];
        _factor = new double[features.Dimension];
        foreach (var video in train)
        {
            var row = features[video];
            for (var i = 0; i < row.Length; i++)
            {
                _mean[i] += row[i] / (double)train.Length;
            }
        }

        foreach (var video in train)
        {
            var row = features[video];
            for (var i = 0; i < row.Length; i++)
            {
                _factor[i] += (row[i] - _mean[i]) * (row[i] - _mean[i]) / train.Length;
            }
        }

        for (var i = 0; i < _factor.Length; i++)
        {
            var deviation = Math.Sqrt(_factor[i]);
            _factor[i] = deviation <= Constant * Math.Abs(_mean[i]) ? 0 : 1 / deviation;
        }
    }

    /// <summary>The length of a standardised row: D + 1.</summary>
    public int Width => _mean.Length + 1;

    /// <summary>Standardises the features of a video.</summary>
    /// <param name="features">The features, of length D.</param>
    /// <param name="row">Receives the standardised features, of length <see cref="Width"/>; the last element is 1.</param>
    /// <exception cref="ArgumentException">The number of features differs from that in training.</exception>
    public void Fill(ReadOnlySpan<float> features, Span<double> row)
    {
        if (features.Length != _mean.Length)
        {
            throw new ArgumentException($"the probe was learnt from {_mean.Length} features, not {features.Length}", nameof(features));
        }

        for (var i = 0; i < features.Length; i++)
        {
            row[i] = (features[i] - _mean[i]) * _factor[i];
        }

        row[^1] = 1;
    }
}
