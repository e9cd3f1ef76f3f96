using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Video;

/// <summary>Turns videos into features, by a network that gives a vector for a clip: N x 3 x T x H x W to N x D.</summary>
/// <remarks>
/// A video's features are the mean of those of its clips, evenly spaced over it. Does not own the session. May be used by
/// several threads at once.
/// </remarks>
/// <example><code>
/// using var session = OnnxSession.Open("encoder.onnx");
/// VideoFeatures features = await new VideoEncoder(session).EncodeAsync(store);
/// ReadOnlySpan&lt;float&gt; first = features[0];   // D
/// </code></example>
public sealed class VideoEncoder
{
    private readonly OnnxSession _session;
    private readonly ClipPreprocessor _preprocessor;

    /// <summary>An encoder on a session.</summary>
    /// <param name="session">The network. Its first output is the features.</param>
    /// <param name="preprocessing">How clips are prepared; null to take it from the file's metadata.</param>
    /// <exception cref="UnsuitableModelException">
    /// The network does not take clips or gives no vectors, or preprocessing is neither given nor in its metadata, or does not fit.
    /// </exception>
    public VideoEncoder(OnnxSession session, ClipPreprocessing? preprocessing = null)
    {
        _session = session;
        _preprocessor = new ClipPreprocessor(ClipInput.Resolve(session, preprocessing));
        if (session.Outputs is not [{ Type: { Element: ElementType.Float32, Shape.Rank: 2 } }, ..])
        {
            var outputs = string.Join("; ", session.Outputs.Select(output => $"{output.Name}: {output.Type}"));
            throw Unsuitable($"gives no features: its first output must be Float32 N x D, but it has {outputs}");
        }
    }

    /// <summary>How clips are prepared.</summary>
    public ClipPreprocessing Preprocessing => _preprocessor.Preprocessing;

    /// <summary>The features of all videos of a store, in its order.</summary>
    /// <param name="store">The videos.</param>
    /// <param name="options">How many clips, and how they are averaged; null for the defaults.</param>
    /// <param name="progress">Told after each video.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidVideoException">A video cannot be read.</exception>
    /// <exception cref="InvalidDatasetException">There are no videos.</exception>
    /// <exception cref="UnsuitableModelException">The network cannot be run on the clips, or gives numbers that are not finite.</exception>
    public async Task<VideoFeatures> EncodeAsync(
        IFrameStore store, VideoEncodingOptions? options = null, IProgress<VideoEncodingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        options ??= new VideoEncodingOptions();
        if (store.Videos.IsEmpty)
        {
            throw new InvalidDatasetException("there are no videos to encode");
        }

        var sums = new double[]?[store.Videos.Length];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = new Queue<Task<Batch>>();
        using var work = Plan(store, options).GetEnumerator();
        try
        {
            while (true)
            {
                while (ahead.Count < options.Readers && work.MoveNext())
                {
                    var part = work.Current;
                    ahead.Enqueue(Task.Run(() => ReadAsync(store, part, stop.Token), stop.Token));
                }

                if (!ahead.TryPeek(out var next))
                {
                    break;
                }

                var batch = await next.ConfigureAwait(false);
                _ = ahead.Dequeue();
                cancellation.ThrowIfCancellationRequested();
                Add(sums, batch, store.Videos[batch.Part.Video].Name, options.NormalizeClips);
                if (batch.Part.IsLast)
                {
                    progress?.Report(new VideoEncodingProgress(batch.Part.Video + 1, sums.Length));
                }
            }
        }
        finally
        {
            // The store may go once this method has ended.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(Task.WhenAll(ahead)).ConfigureAwait(false);
        }

        return new VideoFeatures(store.Videos, [.. sums.SelectMany(sum => sum!).Select(value => (float)value)]);
    }

    private IEnumerable<Part> Plan(IFrameStore store, VideoEncodingOptions options)
    {
        for (var video = 0; video < store.Videos.Length; video++)
        {
            var clips = TestClips.Of(store.Videos[video].Frames, Preprocessing, options.Clips ?? Preprocessing.TestClips);
            for (var start = 0; start < clips.Length; start += options.Batch)
            {
                var count = Math.Min(options.Batch, clips.Length - start);
                yield return new Part(video, [.. clips.Skip(start).Take(count)], clips.Length, start + count == clips.Length);
            }
        }
    }

    private async Task<Batch> ReadAsync(IFrameStore store, Part part, CancellationToken cancellation)
    {
        var frames = await store.ReadAsync(part.Video, part.Clips.SelectMany(clip => clip).ToArray(), cancellation).ConfigureAwait(false);
        var item = Preprocessing.ElementCount;
        var tensor = new float[checked(part.Clips.Length * item)];
        for (var clip = 0; clip < part.Clips.Length; clip++)
        {
            _preprocessor.Fill(frames, clip * Preprocessing.Frames, tensor.AsSpan(clip * item, item));
        }

        return new Batch(part, tensor);
    }

    // Adds the batch's part of the mean over the clips of its video.
    private void Add(double[]?[] sums, Batch batch, string video, bool normalize)
    {
        var (count, size) = (batch.Part.Clips.Length, Preprocessing.Size);
        var features = _session.Run(batch.Tensor, count, 3, Preprocessing.Frames, size, size); // count x D
        var dimension = features.Length / count;
        if (dimension == 0 || features.Length % count != 0 || (sums[0] is { } first && first.Length != dimension))
        {
            throw Unsuitable($"gives {features.Length} numbers for {count} clips of {video}; an encoder gives as many for each clip");
        }

        if (features.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw Unsuitable($"gives features that are no finite numbers for {video}");
        }

        var sum = sums[batch.Part.Video] ??= new double[dimension];
        for (var clip = 0; clip < count; clip++)
        {
            var row = features.AsSpan(clip * dimension, dimension);
            var length = normalize ? Math.Max(Length(row), double.Epsilon) : 1;
            for (var i = 0; i < dimension; i++)
            {
                sum[i] += row[i] / length / batch.Part.ClipsOfVideo;
            }
        }
    }

    private static double Length(ReadOnlySpan<float> row)
    {
        var square = 0.0;
        foreach (var value in row)
        {
            square += (double)value * value;
        }

        return Math.Sqrt(square);
    }

    private UnsuitableModelException Unsuitable(string reason) => new($"{_session.Name} {reason}") { Path = _session.Name };

    // Clips of one video that are run at once.
    private sealed record Part(int Video, ImmutableArray<ImmutableArray<int>> Clips, int ClipsOfVideo, bool IsLast);

    private sealed record Batch(Part Part, float[] Tensor);
}
