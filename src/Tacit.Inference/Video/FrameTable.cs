using System.Collections.Immutable;

namespace Tacit.Inference.Video;

// When each frame is shown, in units of the stream, and the key frames that decoding can begin with.
internal sealed record FrameTable
{
    private readonly Ticks _times;
    private readonly long[] _keyTimes; // ascending
    private readonly long[] _keyDecoded;

    // `times` in ascending order; empty where they are not known or do not ascend. `keys`: when a key frame is shown and decoded.
    public FrameTable(int stream, int count, Rational unit, IReadOnlyList<long> times, IEnumerable<(long Shown, long Decoded)> keys)
    {
        (Stream, Count, Unit) = (stream, count, unit);
        _times = new Ticks(times);
        var sorted = keys.OrderBy(key => key.Shown).ToList();
        (_keyTimes, _keyDecoded) = ([.. sorted.Select(key => key.Shown)], [.. sorted.Select(key => key.Decoded)]);
    }

    // The stream's index in the file.
    public int Stream { get; }

    public int Count { get; }

    // Seconds in a unit of time.
    public Rational Unit { get; }

    // Whether times are the file's own, so that ffmpeg tells the same; others were guessed in decoding. Such files can be sought in.
    public bool HasExactTimes => IsTimed && _keyTimes.Length > 0;

    public bool IsTimed => _times.Count == Count;

    // In ascending order; empty where they are not known.
    public IReadOnlyList<long> Times => [.. Enumerable.Range(0, _times.Count).Select(frame => _times[frame])];

    public IEnumerable<(long Shown, long Decoded)> Keys => _keyTimes.Zip(_keyDecoded);

    public long this[int frame] => _times[frame];

    // The last frame shown by then, counted from the first frame's time.
    public int FrameAt(TimeSpan time, double rate)
    {
        if (!IsTimed)
        {
            return (int)Math.Min(Count, Math.Floor((time.TotalSeconds * rate) + 1e-6));
        }

        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = (_times[middle] - _times[0]) * Unit.Value <= time.TotalSeconds + 1e-6 ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    // When a frame is shown, counted from the first frame's time.
    public TimeSpan TimeOf(int frame, double rate) =>
        TimeSpan.FromSeconds(IsTimed ? (_times[frame] - _times[0]) * Unit.Value : frame / rate);

    // When the last key frame is decoded that is shown no later than the frame: from there on all that the frame needs comes.
    // A seek to this time lands there or before, whether the file's index is by decoding or by showing. Null: begin at the start.
    public long? SeekPoint(int frame)
    {
        if (!HasExactTimes)
        {
            return null;
        }

        var found = Array.BinarySearch(_keyTimes, _times[frame]);
        var key = found >= 0 ? found : ~found - 1;
        return key > 0 ? _keyDecoded[key] : null;
    }

    public bool Equals(FrameTable? other) =>
        other is not null
        && (Stream, Count, Unit) == (other.Stream, other.Count, other.Unit)
        && _times.Equals(other._times)
        && _keyTimes.AsSpan().SequenceEqual(other._keyTimes)
        && _keyDecoded.AsSpan().SequenceEqual(other._keyDecoded);

    public override int GetHashCode() => HashCode.Combine(Stream, Count, Unit);
}

// A ratio of two positive numbers, as ffprobe writes it.
internal readonly record struct Rational(long Numerator, long Denominator)
{
    public double Value => (double)Numerator / Denominator;

    // Null: not a ratio, or not a positive one, such as 0/0.
    public static Rational? Parse(string? text) =>
        text?.Split('/') is [var top, var bottom]
        && long.TryParse(top, out var numerator)
        && long.TryParse(bottom, out var denominator)
        && numerator > 0
        && denominator > 0
            ? new Rational(numerator, denominator)
            : null;
}

// Ascending times. Those of a constant rate, which most videos have, take no memory.
internal sealed record Ticks
{
    private readonly long _first;
    private readonly long _step;
    private readonly ImmutableArray<long> _all = [];

    public Ticks(IReadOnlyList<long> times)
    {
        Count = times.Count;
        if (Count == 0)
        {
            return;
        }

        (_first, _step) = (times[0], Count > 1 ? times[1] - times[0] : 0);
        if (Enumerable.Range(0, Count).Any(i => times[i] != _first + (i * _step)))
        {
            _all = [.. times];
        }
    }

    public int Count { get; }

    public long this[int index] => _all.IsEmpty ? _first + (index * _step) : _all[index];

    public bool Equals(Ticks? other) =>
        other is not null
        && (Count, _first, _step) == (other.Count, other._first, other._step)
        && _all.AsSpan().SequenceEqual(other._all.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Count, _first, _step);
}
