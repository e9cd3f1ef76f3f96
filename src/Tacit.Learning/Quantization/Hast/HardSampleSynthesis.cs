using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;
using OptimizerHelper = TorchSharp.Modules.OptimizerHelper;
using Parameter = TorchSharp.Modules.Parameter;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Synthesises hard samples from a trained network alone: the first stage of HAST (CVPR 2023).</summary>
/// <remarks>
/// Noise is optimised until the network's batch norms see the statistics of their training data and the network gives each
/// sample its class, with more weight on samples that it finds difficult:
/// L = L_BNS + beta · L_HIL (HAST, equation 9), by Adam on the pixels, which are unbounded numbers in the network's own
/// normalised units. Classes are drawn uniformly. The weights of the network need no gradient, so none is computed.
/// An encoder has no classes: its first batch, a quarter of the samples or less, is made by the statistics alone, and prototypes
/// found among the features of that batch stand for classes in the others (<see cref="EncoderHead"/>).
/// </remarks>
public sealed class HardSampleSynthesis
{
    /// <summary>The name of this stage in a run.</summary>
    public const string Stage = "synthesis";

    private const string ImagesName = "images";

    // Of the authors' code; the rest is PyTorch's default.
    private static readonly PlateauOptions Plateau = new() { Patience = 50, MinRate = 1e-4 };

    private readonly SynthesisOptions _options;
    private readonly Model _model;
    private readonly GraphModule _teacher;
    private readonly BatchNormStatisticsLoss _statistics;
    private readonly HardSampleLoss _hardness;
    private readonly string _logits;
    private readonly double _beta;
    private readonly long[] _sample; // sizes of one sample: (C, H, W)
    private readonly int _classes;
    private readonly bool _hasPrototypes;

    /// <summary>The synthesis from a network.</summary>
    /// <param name="options">The options.</param>
    /// <param name="model">A network of one input (N, C, ...), whose sizes but N are known, and one output (N, classes) or (N, features).</param>
    /// <param name="task">Which of the two.</param>
    /// <exception cref="UnsuitableModelException">The network has no batch norms, or is no such network.</exception>
    public HardSampleSynthesis(SynthesisOptions options, Model model, NetworkTask task = NetworkTask.Classifier)
    {
        _model = model;
        (_sample, _classes) = VectorNetwork.Sizes(model);
        _teacher = new GraphModule(model);
        _statistics = new BatchNormStatisticsLoss(model.Graph);
        _logits = VectorNetwork.Logits(model.Graph);
        _options = options with { BatchSize = ActivationMemory.OfSynthesis(model).Fit(options.BatchSize, options.MemoryLimit) };
        var most = int.MaxValue / (sizeof(float) * _sample.Aggregate(1L, (a, b) => a * b));
        if (options.Samples > most)
        {
            throw new UnsuitableModelException(
                $"{options.Samples} samples of {Shape.Of(_sample)} take more than 2 GB; ask for at most {most} ({nameof(SynthesisOptions)}.{nameof(SynthesisOptions.Samples)})"
            );
        }

        var small = _sample[^1] < 96;
        _beta = options.InceptionWeight ?? (small ? 10 : 0.1);
        _hasPrototypes = task == NetworkTask.Encoder && _beta > 0;
        if (_hasPrototypes)
        {
            _options = _options with { BatchSize = Math.Max(2, Math.Min(_options.BatchSize, options.Samples / 4)) };
            _classes = Math.Min(EncoderHead.Most, Math.Min(_options.BatchSize, options.Samples));
        }
        else if (task == NetworkTask.Encoder)
        {
            _classes = 0;
        }

        _hardness = new HardSampleLoss(options.DifficultyExponent ?? (small ? 2 : 0.5));
    }

    /// <summary>The samples of a batch: those of the options, or fewer where a step would take more memory than they allow.</summary>
    public int BatchSize => _options.BatchSize;

    /// <summary>The number of batches.</summary>
    public int Batches => (_options.Samples + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>Synthesises the samples, or the rest of them.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="run">Keeps the state, so that the work can be interrupted; null keeps none.</param>
    /// <param name="progress">Is told of every step.</param>
    /// <param name="cancellation">Stops after the current step; the state is kept.</param>
    /// <returns>Images (Samples, C, H, W) and labels (Samples): classes or prototypes, -1 where a sample was made by statistics alone.</returns>
    public (TensorData Images, ImmutableArray<int> Labels) Run(
        Device device,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var teacher = TorchWeights.From(_model, device, trainable: false);
        var saved = run.Latest(Stage);
        var done = saved is null ? 0 : (int)saved.Step; // steps of all batches together
        var finished = Enumerable.Range(0, done / _options.Steps).Select(batch => Finished(run, batch)).ToList();
        for (var batch = done / _options.Steps; batch < Batches; batch++)
        {
            using var head = _hasPrototypes && batch > 0 ? EncoderHead.Of(_teacher, teacher, _logits, finished[0]) : null;
            using var state = new BatchState(this, batch, device, done % _options.Steps == 0 ? null : saved);
            for (var step = done % _options.Steps; step < _options.Steps; step++)
            {
                var losses = Step(teacher, state, head, step);
                done++;
                progress?.Report(new TrainingProgress(Stage, done, Batches * _options.Steps, losses));
                if (step + 1 < _options.Steps)
                {
                    run.SaveIfDue(done, () => state.Save(new Checkpoint(Stage, done)), cancellation);
                }
            }

            finished.Add(state.Images.ToData());
            run.Save(new Checkpoint(StageOf(batch), _options.Steps).With(ImagesName, finished[batch]));
            run.Save(new Checkpoint(Stage, done));
            cancellation.ThrowIfCancellationRequested();
        }

        return (Concatenate(finished), [.. Enumerable.Range(0, _options.Samples).Select(Label)]);
    }

    // A batch that is finished is a stage that is over, so that it is written once.
    private static string StageOf(int batch) => $"{Stage} of batch {batch + 1}";

    private static TensorData Finished(ICheckpoints run, int batch) =>
        run.Latest(StageOf(batch))?[ImagesName]
        ?? throw new InvalidFileException($"the checkpoint of the {StageOf(batch)} is gone; begin the run anew");

    // One step of Adam on a batch: L = L_BNS + beta · L_HIL.
    private ImmutableSortedDictionary<string, double> Step(TorchWeights teacher, BatchState state, EncoderHead? head, int step)
    {
        using var scope = NewDisposeScope();
        var activations = _teacher.Run(teacher, state.Images, taps: [.. _statistics.Taps, _logits]);
        var statistics = _statistics.Forward(activations, teacher);
        var isPlain = state.Labels is null;
        var hardness = isPlain
            ? zeros([])
            : _hardness.Forward(head?.Logits(activations[_logits]) ?? VectorNetwork.Rows(activations[_logits]), state.Labels!);
        var loss = _beta == 0 || isPlain ? statistics : statistics + _beta * hardness;
        state.Optimizer.zero_grad();
        loss.backward();
        var (total, bns, hil) = (loss.ToDouble(), statistics.ToDouble(), hardness.ToDouble());
        if (!double.IsFinite(total))
        {
            throw new TrainingFailedException($"synthesis diverged at step {step}: the loss is {total}; try a smaller learning rate");
        }

        state.Rate(step, total);
        state.Optimizer.step();
        return Losses.Of(isPlain ? [("bns", bns), ("loss", total)] : [("bns", bns), ("hil", hil), ("loss", total)]);
    }

    private int Label(int item) =>
        _classes == 0 || (_hasPrototypes && item < _options.BatchSize)
            ? -1
            : new RandomStream(_options.Seed, "synthesis.label", item: item).NextInt32(_classes);

    private TensorData Concatenate(List<TensorData> batches)
    {
        var all = new float[_options.Samples * _sample.Aggregate(1L, (a, b) => a * b)];
        var offset = 0;
        foreach (var batch in batches)
        {
            var images = batch.As<float>();
            images.CopyTo(all.AsSpan(offset));
            offset += images.Length;
        }

        return TensorData.Of<float>(all, [_options.Samples, .. _sample]);
    }

    /// <summary>A batch in the making: its pixels, Adam's moments, and the plateau's memory.</summary>
    private sealed class BatchState : IDisposable
    {
        private readonly SynthesisOptions _options;
        private readonly PlateauSchedule _plateau;

        public BatchState(HardSampleSynthesis owner, int batch, Device device, Checkpoint? saved)
        {
            _options = owner._options;
            _plateau = new PlateauSchedule(_options.LearningRate, Plateau);
            var first = batch * _options.BatchSize;
            var count = Math.Min(_options.BatchSize, _options.Samples - first);
            var sampleSize = (int)owner._sample.Aggregate(1L, (a, b) => a * b);
            var noise = new float[count * sampleSize];
            for (var item = 0; saved is null && item < count; item++)
            {
                new RandomStream(_options.Seed, "synthesis.noise", item: first + item).FillGaussian(
                    noise.AsSpan(item * sampleSize, sampleSize)
                );
            }

            var start = saved is null ? TensorData.Of<float>(noise, [count, .. owner._sample]) : saved[ImagesName];
            Images = new Parameter(start.ToTensor(device));
            Labels =
                owner.Label(first) < 0
                    ? null
                    : TensorData.Of<long>([.. Enumerable.Range(first, count).Select(item => (long)owner.Label(item))]).ToTensor(device);
            Optimizer = optim.Adam([Images], _options.LearningRate);
            if (saved is not null)
            {
                OptimizerState.Load(Optimizer, saved["optimizer"]);
                _plateau = new PlateauSchedule(_options.LearningRate, Plateau) { State = saved.Values["plateau"] };
            }
        }

        public Parameter Images { get; } // (B, C, H, W)

        public Tensor? Labels { get; } // (B), int64; null where the statistics alone are asked for

        public OptimizerHelper Optimizer { get; }

        // Sets the rate of this step; what the plateau sees takes effect from the next one, as PyTorch's does.
        public void Rate(int step, double loss)
        {
            var rate =
                _options.Schedule == SynthesisSchedule.Cosine
                    ? _options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * step / _options.Steps))
                    : _plateau.Rate;
            foreach (var group in Optimizer.ParamGroups)
            {
                group.LearningRate = rate;
            }

            _plateau.Observe(loss);
        }

        public Checkpoint Save(Checkpoint checkpoint) =>
            checkpoint
                .With(ImagesName, Images.ToData())
                .With("optimizer", OptimizerState.Save(Optimizer))
                .WithValue("plateau", _plateau.State);

        public void Dispose()
        {
            Optimizer.Dispose();
            Images.Dispose();
            Labels?.Dispose();
        }
    }
}
