using System.Collections.Immutable;

namespace Tacit.Inference.Video.Decoding;

/// <summary>The timestamps of the frames of a video and its key frames, at which decoding can start.</summary>
internal sealed record FrameTable
{
    private readonly Ticks _times;
    private readonly long[] _keyTimes; // ascending
    private readonly long[] _keyDecoded;

    /// <summary>Creates a table.</summary>
    /// <param name="stream">The index of the video stream in the file.</param>
    /// <param name="count">The number of frames.</param>
    /// <param name="unit">The time base in seconds.</param>
    /// <param name="times">
    /// The presentation timestamp of each frame, ascending; empty if the timestamps are unknown or do not ascend.
    /// </param>
    /// <param name="keys">The presentation and decoding timestamps of the key frames, in any order.</param>
    public FrameTable(int stream, int count, Rational unit, IReadOnlyList<long> times, IEnumerable<(long Shown, long Decoded)> keys)
    {
        (Stream, Count, Unit) = (stream, count, unit);
        _times = new Ticks(times);
        var sorted = keys.OrderBy(key => key.Shown).ToList();
        (_keyTimes, _keyDecoded) = ([.. sorted.Select(key => key.Shown)], [.. sorted.Select(key => key.Decoded)]);
    }

    /// <summary>The index of the video stream in the file.</summary>
    public int Stream { get; }

    /// <summary>The number of frames.</summary>
    public int Count { get; }

    /// <summary>The time base: the length of one unit of time in seconds.</summary>
    public Rational Unit { get; }

    /// <summary>
    /// Whether the timestamps come from the file, so that ffmpeg reports the same ones while decoding. Only such files support
    /// seeking; other timestamps were estimated by the decoder.
    /// </summary>
    public bool HasExactTimes => IsTimed && _keyTimes.Length > 0;

    /// <summary>Whether the timestamp of every frame is known.</summary>
    public bool IsTimed => _times.Count == Count;

    /// <summary>The timestamps in ascending order; empty if unknown. Each call creates a new list.</summary>
    public IReadOnlyList<long> Times => [.. Enumerable.Range(0, _times.Count).Select(frame => _times[frame])];

    /// <summary>The presentation and decoding timestamps of the key frames, in ascending order of presentation.</summary>
    public IEnumerable<(long Shown, long Decoded)> Keys => _keyTimes.Zip(_keyDecoded);

    /// <summary>The presentation timestamp of a frame, in units of <see cref="Unit"/>.</summary>
    public long this[int frame] => _times[frame];

    /// <summary>Finds the frame that is shown at a given time, by binary search.</summary>
    /// <param name="time">The time relative to the first frame.</param>
    /// <param name="rate">Frames per second; used only if the timestamps are unknown.</param>
    /// <returns>
    /// The number of the last frame shown at or before <paramref name="time"/>. Without timestamps it may equal <see
    /// cref="Count"/>, which is past the last frame.
    /// </returns>
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

    /// <summary>Computes the time at which a frame is shown, relative to the first frame.</summary>
    /// <param name="frame">The frame number, from 0.</param>
    /// <param name="rate">Frames per second; used only if the timestamps are unknown.</param>
    public TimeSpan TimeOf(int frame, double rate) =>
        TimeSpan.FromSeconds(IsTimed ? (_times[frame] - _times[0]) * Unit.Value : frame / rate);

    /// <summary>Finds where to seek in order to decode a frame: the last key frame that is shown at or before it.</summary>
    /// <remarks>
    /// All data that the frame depends on follows that key frame. A seek to its decoding timestamp lands on the key frame or
    /// before it, whether the index of the file uses decoding or presentation timestamps.
    /// </remarks>
    /// <param name="frame">The frame number, from 0.</param>
    /// <returns>The timestamps of the key frame; null to start at the beginning of the file.</returns>
    public (long Shown, long Decoded)? SeekPoint(int frame)
    {
        if (!HasExactTimes)
        {
            return null;
        }

        var found = Array.BinarySearch(_keyTimes, _times[frame]);
        var key = found >= 0 ? found : ~found - 1;
        return key > 0 ? (_keyTimes[key], _keyDecoded[key]) : null;
    }

    /// <summary>Compares by value, including all timestamps.</summary>
    public bool Equals(FrameTable? other) =>
        other is not null
        && (Stream, Count, Unit) == (other.Stream, other.Count, other.Unit)
        && _times.Equals(other._times)
        && _keyTimes.AsSpan().SequenceEqual(other._keyTimes)
        && _keyDecoded.AsSpan().SequenceEqual(other._keyDecoded);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stream, Count, Unit);
}

/// <summary>A ratio of two positive integers, in the notation of ffprobe, such as 30000/1001.</summary>
/// <param name="Numerator">The numerator, positive.</param>
/// <param name="Denominator">The denominator, positive.</param>
internal readonly record struct Rational(long Numerator, long Denominator)
{
    /// <summary>The quotient.</summary>
    public double Value => (double)Numerator / Denominator;

    /// <summary>Parses a ratio. Returns null if the text is not a ratio of two positive integers, such as "0/0".</summary>
    public static Rational? Parse(string? text) =>
        text?.Split('/') is [var top, var bottom]
        && long.TryParse(top, out var numerator)
        && long.TryParse(bottom, out var denominator)
        && numerator > 0
        && denominator > 0
            ? new Rational(numerator, denominator)
            : null;
}

/// <summary>
/// An ascending sequence of timestamps. A sequence with a constant step, which most videos have, is stored as its first value
/// and step.
/// </summary>
internal sealed record Ticks
{
    private readonly long _first;
    private readonly long _step;
    private readonly ImmutableArray<long> _all = [];

    /// <summary>Creates a sequence.</summary>
    /// <param name="times">The timestamps, ascending; may be empty.</param>
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

    /// <summary>The number of timestamps.</summary>
    public int Count { get; }

    /// <summary>The timestamp at an index, from 0.</summary>
    public long this[int index] => _all.IsEmpty ? _first + (index * _step) : _all[index];

    /// <summary>Compares by value.</summary>
    public bool Equals(Ticks? other) =>
        other is not null
        && (Count, _first, _step) == (other.Count, other._first, other._step)
        && _all.AsSpan().SequenceEqual(other._all.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, _first, _step);
}
