using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Quantization;

/// <summary>Reads <see cref="CalibrationData"/> from videos.</summary>
public static class CalibrationClips
{
    /// <summary>Reads clips that are evenly spaced over each video.</summary>
    /// <param name="set">The videos. Their labels are not used.</param>
    /// <param name="preprocessing">The preparation of clips for the network.</param>
    /// <param name="most">
    /// The largest number of clips, at least 1. If there are more videos, they are chosen at random and give one clip each. If there
    /// are fewer, each gives the same number, at most <see cref="ClipPreprocessing.TestClips"/>.
    /// </param>
    /// <param name="seed">The seed of that choice.</param>
    /// <param name="progress">Receives the number of videos that were opened and of clips that were read.</param>
    /// <param name="cancellation">Stops between clips.</param>
    /// <returns>The clips, (N, 3, T, S, S).</returns>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read, or the clips would take more than 2 GB.</exception>
    public static async Task<CalibrationData> ReadAsync(
        VideoSet set,
        ClipPreprocessing preprocessing,
        int most,
        ulong seed,
        IProgress<VideoSetProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var order = new RandomStream(seed, "calibration").Permutation(set.Items.Length);
        var chosen = new VideoSet(set.Path, order.Take(most).Select(item => set.Items[item]));
        var options = new VideoCacheOptions().For(preprocessing.Size);
        using var videos = await VideoStore.OpenAsync(chosen, null, 0, options, progress, cancellation).ConfigureAwait(false);
        var (store, each) = (videos.Store, Math.Clamp(most / videos.Store.Videos.Length, 1, preprocessing.TestClips));
        var clips = Enumerable
            .Range(0, store.Videos.Length)
            .SelectMany(video =>
                TestClips.Of(store.Videos[video].Frames, preprocessing, each).Select(frames => (Video: video, Frames: frames))
            )
            .ToList();
        if (clips.Count > Array.MaxLength / sizeof(float) / preprocessing.ElementCount)
        {
            throw new InvalidDatasetException($"{clips.Count} clips take more than 2 GB; use fewer (parameter 'most')") { Path = set.Path };
        }

        var preprocessor = new ClipPreprocessor(preprocessing);
        var elements = new List<float>();
        var unreadable = new UnreadableVideos(chosen.Items.Length, options.MaxBad) { Path = set.Path };
        foreach (var video in videos.Unreadable)
        {
            unreadable.Remember(video.Name, video.Reason);
        }

        for (var clip = 0; clip < clips.Count; clip++)
        {
            try
            {
                elements.AddRange(
                    preprocessor.Prepare(
                        await store.ReadAsync(clips[clip].Video, clips[clip].Frames.AsMemory(), cancellation).ConfigureAwait(false)
                    )
                );
            }
            catch (InvalidVideoException e)
            {
                unreadable.Add(store.Videos[clips[clip].Video].Name, e.Message);
            }

            progress?.Report(new VideoSetProgress("reading clips", clip + 1, clips.Count, unreadable.Count));
        }

        return new CalibrationData(
            TensorData.Of<float>(
                elements.ToArray(),
                elements.Count / preprocessing.ElementCount,
                3,
                preprocessing.Frames,
                preprocessing.Size,
                preprocessing.Size
            ),
            set.Path
        );
    }
}
