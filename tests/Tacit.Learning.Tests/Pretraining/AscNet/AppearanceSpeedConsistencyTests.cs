using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining.AscNet;

[NoTensorLeaks]
public sealed class AppearanceSpeedConsistencyTests
{
    private const int Videos = 4;
    private const int Steps = 6;
    private const int WarmUp = 2;
    private const ulong Seed = 9;

    private static readonly AscNetRecipe Options = new()
    {
        HiddenWidth = 8,
        EmbeddingWidth = 4,
        GalleryCapacity = 2 * Videos * Steps,
        GalleryWarmUp = 2 * Videos * WarmUp,
        AppearanceWeight = 0.7,
        SpeedWeight = 1.3,
        Neighbours = 2,
    };

    // L_a between the two clips of each video, and L_m to the positives, which are looked up among all clips so far.
    [Theory]
    [InlineData(PositiveChoice.Retrieved)]
    [InlineData(PositiveChoice.Random)]
    public void The_loss_is_that_of_appearance_and_of_speed_to_the_positives(PositiveChoice choice)
    {
        using var scope = NewDisposeScope();
        using var method = (Options with { Positives = choice }).Create(Seed, CPU);
        var seen = new Dictionary<ClipIdentity, float[]>();
        for (var step = 0; step < Steps; step++)
        {
            var (online, target) = (Embed((ulong)step), Embed(100 + (ulong)step));
            var identities = Identities(step);
            var loss = method.Loss(online, target, new LoadedBatch(step, [], identities));
            foreach (var (clip, speed) in identities.Zip(Rows(target["speed"])))
            {
                seen.Add(clip, speed);
            }

            var (a, aPrediction) = (Rows(target["appearance"]), Rows(online["appearance.prediction"]));
            var expected = 0.7 * aPrediction.Select((row, i) => Distance(row, a[(i + Videos) % a.Length])).Average();
            if (step + 1 >= WarmUp)
            {
                var predictions = Rows(online["speed.prediction"]);
                Assert.Equal(2 * identities.Length, loss.Positives.Length);
                expected += 1.3 * loss.Positives.Average(positive => Distance(predictions[positive.Row], seen[positive.Positive]));
            }

            Assert.Equal(expected, loss.Total.ToDouble(), 1e-5);
        }
    }

    [Fact]
    public void Random_positives_do_not_depend_on_what_clips_look_like()
    {
        var (first, other) = (Positives(PositiveChoice.Random, look: 0), Positives(PositiveChoice.Random, look: 50));

        Assert.Equal(first, other);
        Assert.NotEqual(Positives(PositiveChoice.Retrieved, look: 0), Positives(PositiveChoice.Retrieved, look: 50));
    }

    [Fact]
    public void The_seed_draws_random_positives() =>
        Assert.NotEqual(Positives(PositiveChoice.Random, look: 0), Positives(PositiveChoice.Random, look: 0, seed: 10));

    [Theory]
    [InlineData(PositiveChoice.Retrieved)]
    [InlineData(PositiveChoice.Random)]
    public void Positives_are_of_the_same_speed_and_another_video(PositiveChoice choice)
    {
        using var scope = NewDisposeScope();
        using var method = (Options with { Positives = choice }).Create(Seed, CPU);
        for (var step = 0; step < Steps; step++)
        {
            var identities = Identities(step);
            var loss = method.Loss(Embed(1), Embed((ulong)step), new LoadedBatch(step, [], identities));

            Assert.All(
                loss.Positives,
                positive =>
                {
                    Assert.Equal(identities[positive.Row].Speed, positive.Positive.Speed);
                    Assert.NotEqual(identities[positive.Row].Video, positive.Positive.Video);
                }
            );
        }
    }

    // The positives of every step after the warm-up of the gallery, as text.
    private static string[] Positives(PositiveChoice choice, int look, ulong seed = Seed)
    {
        using var scope = NewDisposeScope();
        using var method = (Options with { Positives = choice }).Create(seed, CPU);
        var positives = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            var embeddings = Embed((ulong)(look + step));
            var loss = method.Loss(embeddings, embeddings, new LoadedBatch(step, [], Identities(step)));
            positives.Add(
                string.Join(' ', loss.Positives.Select(positive => $"{positive.Row}:{positive.Positive.Step}.{positive.Positive.Row}"))
            );
        }

        return [.. positives.Skip(WarmUp - 1)];
    }

    private static ImmutableArray<ClipIdentity> Identities(long step) =>
        [.. Enumerable.Range(0, 2 * Videos).Select(row => new ClipIdentity(step, row, row % Videos, 1 + row / Videos))];

    // Possible outputs of a network: one random vector for each clip and output.
    private static Embeddings Embed(ulong seed)
    {
        var outputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var name in Options.Heads.SelectMany(head => new[] { head.Name, head.Prediction }))
        {
            var vectors = new float[2 * Videos * Options.EmbeddingWidth];
            new RandomStream(seed, name).FillGaussian(vectors);
            outputs.Add(name, tensor(vectors, [2 * Videos, Options.EmbeddingWidth]));
        }

        return new Embeddings(new Activations(outputs, []), Options.Heads);
    }

    private static double Distance(float[] x, float[] y) => x.Zip(y, (a, b) => Math.Pow(a - b, 2)).Sum();

    private static float[][] Rows(Tensor tensor) => [.. tensor.detach().data<float>().ToArray().Chunk((int)tensor.shape[1])];
}
