using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Pretraining;

/// <summary>Videos of noise, each with its own mean colour; some of them cannot be read.</summary>
internal sealed class NoiseVideos(int count, int frames = 24, int size = 36, params int[] broken) : IFrameStore
{
    public ImmutableArray<StoredVideo> Videos { get; init; } =
    [
        .. Enumerable
            .Range(0, count)
            .Select(video => new StoredVideo($"video{video:D2}", frames, size, size + 4, 25) { Label = $"class{video % 2}" }),
    ];

    /// <summary>The frame that cannot be read in videos with odd index.</summary>
    public int? BrokenFrame { get; init; }

    public ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        if (broken.Contains(video) || (video % 2 == 1 && BrokenFrame is { } bad && frames.ToArray().Contains(bad)))
        {
            throw new InvalidVideoException($"{Videos[video].Name} is broken");
        }

        var (height, width) = (Videos[video].Height, Videos[video].Width);
        var pixels = new byte[frames.Length * height * width * 3];
        for (var i = 0; i < frames.Length; i++)
        {
            var random = new RandomStream(7, "noise", video, frames.Span[i]);
            var frame = pixels.AsSpan(i * height * width * 3, height * width * 3);
            for (var place = 0; place < frame.Length; place++)
            {
                frame[place] = (byte)((37 * video * (place % 3 + 1) + random.NextInt32(100)) % 256);
            }
        }

        return ValueTask.FromResult(new VideoFrames(frames.Length, height, width, pixels));
    }

    public void Dispose() { }
}
