using System.Numerics;
using System.Runtime.InteropServices;
using Tacit.Inference.Video.Clips;

namespace Tacit.Learning.Evaluation;

/// <summary>Ranks the videos of a gallery by their cosine similarity to a query.</summary>
/// <remarks>Equally similar videos keep the order of the gallery. The similarity to a feature vector of zeros is 0.</remarks>
internal sealed class CosineNeighbours
{
    private readonly VideoFeatures _features;
    private readonly int[] _gallery;
    private readonly float[] _units; // gallery x D, of length 1

    /// <summary>Normalises the features of a gallery. The normalised copy takes gallery x D numbers.</summary>
    /// <param name="features">The features of all videos.</param>
    /// <param name="gallery">The indices of the videos of the gallery.</param>
    public CosineNeighbours(VideoFeatures features, ReadOnlySpan<int> gallery)
    {
        var dimension = features.Dimension;
        (_features, _gallery, _units) = (features, gallery.ToArray(), new float[checked(gallery.Length * dimension)]);
        for (var i = 0; i < gallery.Length; i++)
        {
            Unit(features[gallery[i]], _units.AsSpan(i * dimension, dimension));
        }
    }

    /// <summary>Ranks all videos of the gallery, the most similar first.</summary>
    /// <param name="query">The index of the query.</param>
    /// <returns>The index and the cosine similarity (-1 to 1) of each video of the gallery.</returns>
    public (int Video, float Similarity)[] Of(int query)
    {
        var unit = new float[_features.Dimension];
        Unit(_features[query], unit);
        var similarities = new float[_gallery.Length];
        for (var i = 0; i < similarities.Length; i++)
        {
            similarities[i] = Dot(unit, _units.AsSpan(i * unit.Length, unit.Length));
        }

        return
        [
            .. Enumerable
                .Range(0, _gallery.Length)
                .OrderByDescending(i => similarities[i])
                .ThenBy(i => i)
                .Select(i => (_gallery[i], similarities[i])),
        ];
    }

    private static void Unit(ReadOnlySpan<float> row, Span<float> unit)
    {
        var square = 0.0;
        foreach (var value in row)
        {
            square += (double)value * value;
        }

        var factor = square > 0 ? 1 / Math.Sqrt(square) : 0;
        for (var i = 0; i < row.Length; i++)
        {
            unit[i] = (float)(row[i] * factor);
        }
    }

    private static float Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var firsts = MemoryMarshal.Cast<float, Vector<float>>(first);
        var seconds = MemoryMarshal.Cast<float, Vector<float>>(second);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < firsts.Length; i++)
        {
            sums += firsts[i] * seconds[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = firsts.Length * Vector<float>.Count; i < first.Length; i++)
        {
            sum += first[i] * second[i];
        }

        return sum;
    }
}
