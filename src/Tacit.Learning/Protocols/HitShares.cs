using System.Collections.Immutable;

namespace Tacit.Learning.Protocols;

/// <summary>How often each video was tested, and how often with success.</summary>
internal sealed class HitShares(int videos)
{
    private readonly int[] _hits = new int[videos];
    private readonly int[] _trials = new int[videos];

    /// <summary>The videos that were tested.</summary>
    public ImmutableArray<int> Tested => [.. Enumerable.Range(0, videos).Where(video => _trials[video] > 0)];

    /// <summary>The share, 0 to 1, of each of them.</summary>
    public ImmutableArray<double> Shares => [.. Tested.Select(video => (double)_hits[video] / _trials[video])];

    public void Add(int video, bool hit)
    {
        _hits[video] += hit ? 1 : 0;
        _trials[video]++;
    }
}
