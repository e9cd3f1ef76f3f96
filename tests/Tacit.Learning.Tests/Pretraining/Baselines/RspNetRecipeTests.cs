using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining.Baselines;

[NoTensorLeaks]
public sealed class RspNetRecipeTests
{
    private const int Videos = 3;

    [Fact]
    public void Defaults_are_the_published_code()
    {
        var recipe = new RspNetRecipe();

        Assert.Equal((16384, 0.07, 2.0, 128), (recipe.QueueCapacity, recipe.Temperature, recipe.Margin, recipe.EmbeddingWidth));
    }

    [Fact]
    public void The_loss_is_contrast_of_appearance_and_ranking_of_speed()
    {
        using var scope = NewDisposeScope();
        var recipe = new RspNetRecipe { QueueCapacity = 8, EmbeddingWidth = 4 };
        using var method = new RspNet(recipe, CPU);
        var queue = new List<float[]>();
        for (var step = 0; step < 4; step++)
        {
            var (online, target) = (
                Embed(recipe, seed: (ulong)step, clips: Videos),
                Embed(recipe, seed: 100 + (ulong)step, clips: 2 * Videos)
            );
            var loss = method.Loss(online, target, new LoadedBatch(step, [], Identities(step)));

            Assert.Equal(
                Naive(
                    step,
                    Rows(online["appearance"]),
                    Rows(online["speed"]),
                    Rows(target["appearance"]),
                    Rows(target["speed"]),
                    queue,
                    recipe
                ),
                loss.Total.ToDouble(),
                1e-3
            );
            queue.AddRange(Rows(target["appearance"])[..Videos]);
            queue = [.. queue.TakeLast(8)];
        }
    }

    private static double Naive(
        long step,
        float[][] appearance,
        float[][] speed,
        float[][] keys,
        float[][] speedKeys,
        List<float[]> queue,
        RspNetRecipe recipe
    )
    {
        var total = 0.0;
        for (var i = 0; i < Videos; i++)
        {
            foreach (var key in new[] { keys[i], keys[Videos + i] })
            {
                var positive = Math.Exp(Dot(appearance[i], key) / recipe.Temperature);
                total -=
                    Math.Log(positive / (positive + queue.Sum(other => Math.Exp(Dot(appearance[i], other) / recipe.Temperature)))) / Videos;
            }

            if (i != Untrue(step))
            {
                total +=
                    Math.Max(0, recipe.Margin + ((Dot(speed[i], speedKeys[Videos + i]) - Dot(speed[i], speedKeys[i])) / recipe.Temperature))
                    / (Untrue(step) < Videos ? Videos - 1 : Videos);
            }
        }

        return total;
    }

    // The video that is too short for its speed. The last step has none.
    private static int Untrue(long step) => (int)step;

    private static System.Collections.Immutable.ImmutableArray<ClipIdentity> Identities(long step) =>
        [
            .. Enumerable
                .Range(0, 3 * Videos)
                .Select(row => new ClipIdentity(
                    step,
                    row,
                    row % Videos,
                    row == Videos + Untrue(step) && Untrue(step) < Videos ? ClipIdentity.NoSpeed : 1
                )),
        ];

    private static Embeddings Embed(RspNetRecipe recipe, ulong seed, int clips)
    {
        var model = ProjectionHead.Append(
            VideoZoo.Find("r3d-10")!.BuildEncoder(frames: 4, size: 32, width: 0.125, seed),
            recipe.Heads,
            seed
        );
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var random = new Tacit.Learning.Optimization.RandomStream(seed, "clips");
        var pixels = new float[clips * 3 * 4 * 32 * 32];
        random.FillGaussian(pixels);
        return new Embeddings(new GraphModule(model).Run(weights, tensor(pixels, [clips, 3, 4, 32, 32])), recipe.Heads);
    }

    private static float[][] Rows(Tensor tensor) => [.. tensor.data<float>().ToArray().Chunk((int)tensor.shape[1])];

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();
}
