using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Evaluation;

/// <summary>Noisy videos with a colour for each class, several for each source. Some cannot be read.</summary>
internal sealed class ColouredVideos(int count, int classes = 2, int ofSource = 2, int frames = 12, int size = 34, params int[] broken)
    : IFrameStore
{
    public ImmutableArray<StoredVideo> Videos { get; init; } =
    [
        .. Enumerable
            .Range(0, count)
            .Select(video => new StoredVideo($"video{video:D2}", frames, size, size + 2, 25)
            {
                Label = $"class{video % classes}",
                Source = $"source{video / ofSource}",
            }),
    ];

    public ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        if (broken.Contains(video))
        {
            throw new InvalidVideoException($"{Videos[video].Name} is broken");
        }

        var (height, width) = (Videos[video].Height, Videos[video].Width);
        var pixels = new byte[frames.Length * height * width * 3];
        var random = new RandomStream(7, "coloured", video);
        for (var place = 0; place < pixels.Length; place++)
        {
            pixels[place] = (byte)((place % 3 == video % classes ? 180 : 40) + random.NextInt32(30));
        }

        return ValueTask.FromResult(new VideoFrames(frames.Length, height, width, pixels));
    }

    public void Dispose() { }
}
