using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace TrainClassifier;

/// <summary>Supervised training of a residual network, in a run folder that can be resumed.</summary>
internal sealed class ClassifierTraining : IDisposable
{
    private const string Stage = "training";
    private const int ValidationBatch = 500;

    private readonly TrainingOptions _options;
    private readonly ImageSet _images;
    private readonly RunFolder _run;
    private readonly int[] _trained;
    private readonly int[] _heldOut;
    private readonly GraphModule _module;
    private readonly TorchWeights _weights;
    private readonly TorchSharp.Modules.OptimizerHelper _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly int _stepsPerEpoch;
    private readonly long _steps;

    /// <param name="start">The network that training starts from; null starts from random weights.</param>
    public ClassifierTraining(TrainingOptions options, ImageSet images, RunFolder run, Model? start = null)
    {
        (_options, _images, _run) = (options, images, run);
        var all = Enumerable.Range(0, images.Count).ToLookup(image => image % options.HoldOutEvery == options.HoldOutEvery - 1);
        (_trained, _heldOut) = ([.. all[false]], [.. all[true]]);
        _stepsPerEpoch = _trained.Length / options.BatchSize;
        _steps = (long)options.Epochs * _stepsPerEpoch;

        var network = start ?? ResNetCifar.Build(options.Depth, images.Classes.Length, options.Width, seed: options.Seed);
        _module = new GraphModule(network);
        _weights = TorchWeights.From(network, CPU, trainable: true);
        _schedule = LearningRateSchedule.Cosine(options.LearningRate, _steps, warmUpSteps: _steps / 10);
        _optimizer = optim.SGD(
            _weights.Parameters.Select(parameter => parameter.Tensor),
            options.LearningRate,
            momentum: 0.9,
            weight_decay: options.WeightDecay,
            nesterov: true
        );
    }

    /// <summary>Trains to the end, from the last checkpoint on where there is one.</summary>
    public Model Run(IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        var first = Resume();
        for (var step = first; step < _steps; )
        {
            var values = ImmutableSortedDictionary<string, double>.Empty.Add("cross_entropy", Train(step++));
            if (step % _stepsPerEpoch == 0)
            {
                values = values.Add("held_out_top1", Validate());
                _run.Metrics.Append(Stage, step, values);
            }

            progress.Report(new TrainingProgress(Stage, step, _steps, values));
            _run.Checkpoints.SaveIfDue(step, () => Capture(step), cancellation);
        }

        _run.Checkpoints.Save(Capture(_steps));
        return _weights.ToModel();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _weights.Dispose();
    }

    private double Train(long step)
    {
        using var scope = NewDisposeScope();
        var (epoch, place) = Math.DivRem(step, _stepsPerEpoch);
        var order = new RandomStream(_options.Seed, "order", epoch).Permutation(_trained.Length);
        var batch = order.Skip((int)place * _options.BatchSize).Take(_options.BatchSize).Select(index => _trained[index]).ToArray();
        var (images, labels) = _images.AugmentedBatch(batch, _options.Seed, epoch);
        foreach (var group in _optimizer.ParamGroups)
        {
            group.LearningRate = _schedule.At(step);
        }

        _optimizer.zero_grad();
        var logits = _module.Run(_weights, images, ExecutionMode.Train).Output;
        var loss = nn.functional.cross_entropy(logits, labels);
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    // The share of the images held out, in percent, whose class gets the highest score.
    private double Validate()
    {
        using var noGradient = no_grad();
        var correct = 0L;
        foreach (var indices in _heldOut.Chunk(ValidationBatch))
        {
            using var scope = NewDisposeScope();
            var (images, labels) = _images.Batch(indices);
            correct += _module.Run(_weights, images).Output.argmax(1).eq(labels).sum().item<long>();
        }

        return 100.0 * correct / _heldOut.Length;
    }

    private Checkpoint Capture(long step) =>
        new Checkpoint(Stage, step).With("network", _weights.ToWeights()).With("optimizer", OptimizerState.Save(_optimizer));

    private long Resume()
    {
        _run.CutBackMetrics();
        if (_run.Checkpoints.Latest(Stage) is not { } checkpoint)
        {
            return 0;
        }

        using var scope = NewDisposeScope();
        foreach (var (name, data) in checkpoint.Section("network"))
        {
            _weights.Set(name, data.ToTensor());
        }

        OptimizerState.Load(_optimizer, checkpoint["optimizer"]);
        return checkpoint.Step;
    }
}
