using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Training;

/// <summary>The parts of a set of videos that a run uses, for example training and test videos.</summary>
/// <typeparam name="T">The implementing type.</typeparam>
internal interface IVideoParts<T>
{
    /// <summary>The names of the files in the run folder that list the videos of each part.</summary>
    static abstract ImmutableArray<string> ListNames { get; }

    /// <summary>Selects the parts of a set.</summary>
    /// <param name="store">The videos of the whole set.</param>
    /// <param name="split">The training part; null for the default.</param>
    /// <param name="path">The path of the set, for messages.</param>
    /// <exception cref="InvalidDatasetException">The set does not have the part.</exception>
    static abstract T Of(IFrameStore store, string? split, string path);

    /// <summary>Selects the videos with which a run began. Videos that were added to the set since then are left out.</summary>
    /// <param name="store">The videos of the whole set.</param>
    /// <param name="lists">The lines of the file of each part, in the order of <see cref="ListNames"/>.</param>
    /// <param name="path">The path of the set, for messages.</param>
    /// <exception cref="InvalidDatasetException">A video is missing, unreadable or has changed.</exception>
    static abstract T Listed(IFrameStore store, IReadOnlyList<IReadOnlyList<string>> lists, string path);

    /// <summary>
    /// Returns the content of the file of each part, in the order of <see cref="ListNames"/>; empty for a part without videos.
    /// </summary>
    ImmutableArray<byte[]> Describe();
}

/// <summary>A run on videos: its host and the opened videos.</summary>
/// <remarks>
/// A resumed run trains on exactly the videos with which it began. It fails if one of them is missing or has changed; otherwise its result
/// would depend on when it was stopped.
/// </remarks>
/// <typeparam name="TRequest">The type of the request.</typeparam>
/// <typeparam name="TParts">The parts of the set that the run uses.</typeparam>
internal sealed class VideoRun<TRequest, TParts> : IDisposable
    where TRequest : TrainingRequest
    where TParts : IVideoParts<TParts>
{
    private readonly OpenedVideos _videos;

    private VideoRun(RunHost<TRequest> host, OpenedVideos videos, TParts parts) => (Host, _videos, Parts) = (host, videos, parts);

    /// <summary>The host of the run.</summary>
    public RunHost<TRequest> Host { get; }

    /// <summary>The videos that the run uses.</summary>
    public TParts Parts { get; }

    /// <summary>Opens the videos and begins a run.</summary>
    /// <remarks>
    /// The folder is verified first, because decoding can take hours. The lists of videos are written into the run folder, and their hash
    /// into the description of the run.
    /// </remarks>
    /// <param name="kind">The kind of run.</param>
    /// <param name="request">The request, which is stored in the run.</param>
    /// <param name="set">The listed videos.</param>
    /// <param name="inputs">The input files in addition to the videos, with their hashes.</param>
    /// <param name="check">Throws an exception if the run cannot use the parts.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="settings">Whether an earlier run is overwritten, and the interval of checkpoints.</param>
    /// <param name="progress">Displays the decoding.</param>
    /// <param name="cancellation">Cancels the decoding.</param>
    /// <exception cref="UsageException">The folder holds other files, or an earlier run that may not be overwritten.</exception>
    /// <exception cref="ContentException">The videos are unsuitable, or too many are unreadable.</exception>
    public static async Task<VideoRun<TRequest, TParts>> BeginAsync(
        RunKind<TRequest> kind,
        TRequest request,
        VideoSet set,
        IReadOnlyCollection<RunInput> inputs,
        Action<TParts> check,
        string folder,
        RunSettings settings,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        RunClearing.Check(kind, folder, settings.Force);
        var videos = await request.Videos.OpenAsync(set, request.MaxUnreadable(), progress, cancellation);
        try
        {
            var parts = TParts.Of(videos.Store, request.Videos.Split, request.Videos.Path);
            check(parts);
            var lists = parts.Describe();
            var listed = Convert.ToHexStringLower(SHA256.HashData([.. lists.SelectMany(list => list)]));
            var host = RunHost<TRequest>.Begin(
                kind,
                request,
                [.. inputs, new RunInput("videos", request.Videos.Path, listed)],
                folder,
                settings,
                run =>
                {
                    foreach (var (name, list) in TParts.ListNames.Zip(lists))
                    {
                        AtomicFile.Write(run[name], stream => stream.Write(list));
                    }
                }
            );
            return new VideoRun<TRequest, TParts>(host, videos, parts);
        }
        catch
        {
            videos.Dispose();
            throw;
        }
    }

    /// <summary>Opens the videos of a run to resume it.</summary>
    /// <param name="host">The run.</param>
    /// <param name="progress">Displays the decoding, if frames are missing in the cache.</param>
    /// <param name="cancellation">Cancels the decoding.</param>
    /// <exception cref="ContentException">The encoder or a video is missing or has changed since the run began.</exception>
    public static async Task<VideoRun<TRequest, TParts>> ResumeAsync(
        RunHost<TRequest> host,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var (asked, unreadable) = (host.Request.Videos, host.Request.MaxUnreadable());
        var lists = TParts
            .ListNames.Select(name => Files.Existing(host[name], "the videos that the run began with; start again with --force"))
            .Select(list => (IReadOnlyList<string>)File.ReadAllLines(list, Encoding.UTF8))
            .ToList();
        var videos = await asked.OpenAsync(VideoSet.Read(asked.Path, asked.Set, cancellation), unreadable, progress, cancellation);
        try
        {
            return new VideoRun<TRequest, TParts>(host, videos, TParts.Listed(videos.Store, lists, asked.Path));
        }
        catch
        {
            videos.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Returns the videos that could not be read, with reasons: those found when the set was opened, then those of the training.
    /// </summary>
    /// <param name="inTraining">The videos that could not be read during the training.</param>
    public ImmutableArray<(string Name, string Reason)> Unreadable(IEnumerable<(string Name, string Reason)> inTraining) =>
        [.. _videos.Unreadable.Select(video => (video.Name, video.Reason)), .. inTraining];

    /// <inheritdoc/>
    public void Dispose()
    {
        _videos.Dispose();
        Host.Dispose();
    }
}
