using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.TestKit;

/// <summary>Evaluates the embeddings of a network by retrieval on generated videos with known factors.</summary>
/// <remarks>
/// One clip of each video at each playback rate, 1 and 2, is embedded from a random window. The nearest neighbour of a clip by cosine among
/// the clips of other videos is correct if it has the same object, or the same rate.
/// </remarks>
public sealed class SpriteRetrieval
{
    private static readonly int[] PlaybackRates = [1, 2];

    private readonly MovingSprites _videos;
    private readonly Dictionary<string, List<float[]>> _rows; // videos x rates, unit vectors

    private SpriteRetrieval(MovingSprites videos, Dictionary<string, List<float[]>> rows) => (_videos, _rows) = (videos, rows);

    /// <summary>Embeds videos.</summary>
    /// <param name="model">A network: clips to one or more outputs N x d.</param>
    /// <param name="preprocessing">The preprocessing of its clips.</param>
    /// <param name="videos">The videos.</param>
    /// <param name="seed">The seed of the windows.</param>
    /// <param name="cancellation">Stops.</param>
    public static async Task<SpriteRetrieval> OfAsync(
        Model model,
        ClipPreprocessing preprocessing,
        MovingSprites videos,
        ulong seed,
        CancellationToken cancellation
    )
    {
        var module = new GraphModule(model);
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var preprocessor = new ClipPreprocessor(preprocessing);
        var rows = model.Graph.Outputs.ToDictionary(output => output.Name, _ => new List<float[]>(), StringComparer.Ordinal);
        for (var video = 0; video < videos.Videos.Length; video++)
        {
            var clips = new float[PlaybackRates.Length * preprocessing.ElementCount];
            foreach (var (row, rate) in PlaybackRates.Index())
            {
                var sampler = new ClipSampler(new() { Frames = preprocessing.Frames, Speeds = [rate] });
                var clip = sampler.Sample(videos.Videos[video].Frames, rate, new RandomStream(seed, "sprites.test", video, rate));
                var frames = await videos.ReadAsync(video, clip.Frames.AsMemory(), cancellation);
                preprocessor.Fill(frames, clips.AsSpan(row * preprocessing.ElementCount, preprocessing.ElementCount));
            }

            Embed(clips);
        }

        return new SpriteRetrieval(videos, rows);

        void Embed(float[] clips)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var outputs = module.Run(
                weights,
                tensor(clips, [PlaybackRates.Length, 3, preprocessing.Frames, preprocessing.Size, preprocessing.Size])
            );
            foreach (var (name, list) in rows)
            {
                var unit = nn.functional.normalize(outputs[name], p: 2, dim: 1); // (rates, d)
                list.AddRange(unit.data<float>().ToArray().Chunk((int)unit.shape[1]));
            }
        }
    }

    /// <summary>The share of clips, in percent, whose nearest neighbour by an output shows the same object.</summary>
    public double Objects(string output) =>
        Right(
            output,
            (query, nearest) =>
                _videos.Factors[query / PlaybackRates.Length].Object == _videos.Factors[nearest / PlaybackRates.Length].Object
        );

    /// <summary>The share of clips, in percent, whose nearest neighbour by an output plays at the same rate.</summary>
    public double Rates(string output) => Right(output, (query, nearest) => query % PlaybackRates.Length == nearest % PlaybackRates.Length);

    private double Right(string output, Func<int, int, bool> isRight)
    {
        var rows = _rows[output];
        var right = 0;
        for (var query = 0; query < rows.Count; query++)
        {
            var nearest = Enumerable
                .Range(0, rows.Count)
                .Where(row => row / PlaybackRates.Length != query / PlaybackRates.Length)
                .MaxBy(row => Dot(rows[row], rows[query]));
            right += isRight(query, nearest) ? 1 : 0;
        }

        return 100.0 * right / rows.Count;
    }

    private static float Dot(float[] x, float[] y)
    {
        var sum = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }
}
