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

/// <summary>The parts of a set of videos that a run takes.</summary>
/// <typeparam name="T">These parts.</typeparam>
internal interface IVideoParts<T>
{
    /// <summary>The files of a run that list the videos of each part.</summary>
    static abstract ImmutableArray<string> ListNames { get; }

    /// <summary>Takes parts of a set.</summary>
    /// <exception cref="InvalidDatasetException">The set has no such part.</exception>
    static abstract T Of(IFrameStore store, string? split, string path);

    /// <summary>The parts that a run began with; what has come to the set since is left out.</summary>
    /// <exception cref="InvalidDatasetException">A video is gone or another.</exception>
    static abstract T Listed(IFrameStore store, IReadOnlyList<IReadOnlyList<string>> lists, string path);

    /// <summary>The list of each part.</summary>
    ImmutableArray<byte[]> Describe();
}

/// <summary>A run on videos: its host, and the videos opened. It trains on those that it began with, or does not go on.</summary>
/// <typeparam name="TRequest">What it is asked to do.</typeparam>
/// <typeparam name="TParts">The parts of the set that it takes.</typeparam>
internal sealed class VideoRun<TRequest, TParts> : IDisposable
    where TRequest : TrainingRequest
    where TParts : IVideoParts<TParts>
{
    private readonly OpenedVideos _videos;

    private VideoRun(RunHost<TRequest> host, OpenedVideos videos, TParts parts) => (Host, _videos, Parts) = (host, videos, parts);

    /// <summary>The run.</summary>
    public RunHost<TRequest> Host { get; }

    /// <summary>The videos that it takes.</summary>
    public TParts Parts { get; }

    /// <summary>Opens the videos and begins a run.</summary>
    /// <param name="kind">What kind of run it is.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="set">The set that was read.</param>
    /// <param name="inputs">What is read beside the videos.</param>
    /// <param name="check">Refuses parts that cannot be trained on.</param>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="settings">How it is kept.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UsageException">The folder holds something, and is not to be overwritten.</exception>
    /// <exception cref="ContentException">The videos cannot be trained on.</exception>
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

    /// <summary>Opens the videos of a run to go on with it.</summary>
    /// <param name="host">The run.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ContentException">The videos are gone or others.</exception>
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

    /// <summary>The videos that could not be read, with reasons: before the training, and in it.</summary>
    public ImmutableArray<(string Name, string Reason)> Unreadable(IEnumerable<(string Name, string Reason)> inTraining) =>
        [.. _videos.Unreadable.Select(video => (video.Name, video.Reason)), .. inTraining];

    /// <inheritdoc/>
    public void Dispose()
    {
        _videos.Dispose();
        Host.Dispose();
    }
}
