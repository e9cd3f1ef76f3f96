using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Quantization;

/// <summary>Reads clips of videos like those that a network is used on, without labels.</summary>
public static class CalibrationClips
{
    /// <summary>Reads clips, evenly spaced over each video.</summary>
    /// <param name="set">The videos, decoded as they are read.</param>
    /// <param name="preprocessing">How the network wants its clips.</param>
    /// <param name="most">The most clips. Of more videos a random choice gives one clip each; of fewer each gives as many, but no more than <see cref="ClipPreprocessing.TestClips"/>.</param>
    /// <param name="seed">The seed of that choice.</param>
    /// <param name="progress">Is told how many videos were looked into and read.</param>
    /// <param name="cancellation">Stops between videos.</param>
    /// <returns>(N, 3, T, S, S).</returns>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read, or the clips take too much memory.</exception>
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
