using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Runs;

/// <summary>A narrow ResNet-8, trained on numbers that depend on the step alone.</summary>
internal sealed class TinyTraining : IDisposable
{
    private static readonly Model Start = ResNetCifar.Build(8, 5, width: 2, seed: 3);

    private readonly GraphModule _module = new(Start);

    public TinyTraining(OptimizerOptions options, long steps)
    {
        Weights = TorchWeights.From(Start, CPU, trainable: true);
        Update = new WeightUpdate(options, Weights, steps);
    }

    public TorchWeights Weights { get; }

    public WeightUpdate Update { get; }

    /// <summary>The elements of all weights and statistics.</summary>
    public IReadOnlyDictionary<string, TensorData> Elements => Weights.ToWeights();

    public void Backward(int step)
    {
        using var scope = NewDisposeScope();
        var values = new float[4 * 3 * 32 * 32];
        new RandomStream(1, "images", step).FillGaussian(values);
        var images = tensor(values).reshape(4, 3, 32, 32);
        var logits = _module.Run(Weights, images, ExecutionMode.Train).Output; // (4, 5)
        nn.functional.cross_entropy(logits, arange(4)).backward();
    }

    public void Train(int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            Backward(step);
            Update.Step(step);
        }
    }

    public Checkpoint Save(int step) => new Checkpoint("train", step).With("weights", Elements).With("update", Update.Save());

    public void Restore(Checkpoint checkpoint)
    {
        // A run restores its state in a dispose scope. The state of the optimiser must outlive the scope.
        using var scope = NewDisposeScope();
        foreach (var (name, data) in checkpoint.Section("weights"))
        {
            Weights.Set(name, data.ToTensor());
        }

        Update.Restore(checkpoint.Section("update"));
    }

    public void Dispose()
    {
        Update.Dispose();
        Weights.Dispose();
    }
}
