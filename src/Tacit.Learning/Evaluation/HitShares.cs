using System.Collections.Immutable;

namespace Tacit.Learning.Evaluation;

/// <summary>Counts how often each video was tested and with what success.</summary>
/// <param name="videos">The number of videos.</param>
internal sealed class HitShares(int videos)
{
    private readonly int[] _hits = new int[videos];
    private readonly int[] _trials = new int[videos];

    /// <summary>The indices of the videos that were tested at least once, ascending.</summary>
    public ImmutableArray<int> Tested => [.. Enumerable.Range(0, videos).Where(video => _trials[video] > 0)];

    /// <summary>The share of successful tests, 0 to 1, of each video in <see cref="Tested"/>.</summary>
    public ImmutableArray<double> Shares => [.. Tested.Select(video => (double)_hits[video] / _trials[video])];

    /// <summary>Records a test.</summary>
    /// <param name="video">The index of the video.</param>
    /// <param name="hit">Whether the test was successful.</param>
    public void Add(int video, bool hit)
    {
        _hits[video] += hit ? 1 : 0;
        _trials[video]++;
    }
}
