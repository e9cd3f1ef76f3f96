using System.Collections.Immutable;
using Tacit.Inference.Images;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Cli.Output;

/// <summary>A clip and the positive that was retrieved for it.</summary>
/// <param name="Clip">The clip.</param>
/// <param name="Positive">The positive: a clip of another video.</param>
internal sealed record PositivePair(Picture Clip, Picture Positive);

/// <summary>Pictures of training clips for the page.</summary>
/// <param name="Augmented">The augmented views of some videos of the last step, a list for each video.</param>
/// <param name="Positives">Clips of the last step and their retrieved positives; empty for methods without retrieval.</param>
internal sealed record ContactSheets(ImmutableArray<ImmutableArray<Picture>> Augmented, ImmutableArray<PositivePair> Positives)
{
    private const int VideosShown = 4;
    private const int PairsShown = 6;
    private const int FramesShown = 5;
    private const int Height = 72;

    /// <summary>Draws the sheets of a finished run.</summary>
    public static async Task<ContactSheets> OfAsync(
        VideoPretraining pretraining,
        IFrameStore store,
        PretrainingResult result,
        PretrainingOptions options,
        CancellationToken cancellation
    )
    {
        var views = await pretraining.AugmentedAsync(store, (result.Steps * options.Accumulation) - 1, VideosShown, cancellation); // (n, 3, T, S, S) each
        var augmented = Enumerable
            .Range(0, (int)views[0].shape[0])
            .Select(video =>
                views
                    .Select(
                        (clips, view) =>
                            new Picture(ImageEncoder.ToPng(Strip(Pixels(clips, video, options.Augmentation))), $"view {view + 1}")
                    )
                    .ToImmutableArray()
            )
            .ToImmutableArray();
        foreach (var clips in views)
        {
            clips.Dispose();
        }

        var pairs = result.Positives.Take(PairsShown).ToList();
        var frames = await pretraining.ReadAsync(
            store,
            [.. pairs.Select(pair => pair.Clip), .. pairs.Select(pair => pair.Positive)],
            cancellation
        );
        return new ContactSheets(
            augmented,
            [
                .. pairs.Select(
                    (pair, place) =>
                        new PositivePair(Of(frames[place], pair.Clip, store), Of(frames[pairs.Count + place], pair.Positive, store))
                ),
            ]
        );
    }

    private static Picture Of(VideoFrames frames, ClipIdentity clip, IFrameStore store) =>
        new(
            ImageEncoder.ToPng(
                Strip([
                    .. Enumerable
                        .Range(0, frames.Count)
                        .Select(frame => new RgbImage(frames.Width, frames.Height, frames[frame].ToArray())),
                ])
            ),
            $"{store.Videos[clip.Video].Name}, speed {clip.Speed}"
        );

    /// <summary>Draws evenly spaced frames side by side, 72 pixels high.</summary>
    public static RgbImage Strip(IReadOnlyList<RgbImage> frames)
    {
        RgbImage[] shown =
        [
            .. Enumerable
                .Range(0, Math.Min(FramesShown, frames.Count))
                .Select(place => frames[place * (frames.Count - 1) / Math.Max(1, Math.Min(FramesShown, frames.Count) - 1)])
                .Select(frame => ImageResizer.Resize(frame, Math.Max(1, frame.Width * Height / frame.Height), Height)),
        ];
        var width = shown.Sum(frame => frame.Width + 2) - 2;
        var pixels = new byte[3 * width * Height];
        var left = 0;
        foreach (var frame in shown)
        {
            for (var row = 0; row < Height; row++)
            {
                frame.Pixels.Slice(3 * row * frame.Width, 3 * frame.Width).CopyTo(pixels.AsSpan(3 * (row * width + left)));
            }

            left += frame.Width + 2;
        }

        return new RgbImage(width, Height, pixels);
    }

    // Undoes the normalisation.
    private static RgbImage[] Pixels(Tensor clips, int row, AugmentationOptions options)
    {
        using var scope = NewDisposeScope();
        var (mean, std) = (options.Mean, options.Std);
        var scale = tensor([std.First, std.Second, std.Third]).reshape(3, 1, 1, 1);
        var shift = tensor([mean.First, mean.Second, mean.Third]).reshape(3, 1, 1, 1);
        var frames = (((clips[row] * scale) + shift) * 255).round().clamp(0, 255).to(ScalarType.Byte).permute(1, 2, 3, 0).contiguous(); // (T, S, S, 3)
        var size = (int)frames.shape[1];
        return [.. frames.data<byte>().ToArray().Chunk(3 * size * size).Select(pixels => new RgbImage(size, size, pixels))];
    }
}
