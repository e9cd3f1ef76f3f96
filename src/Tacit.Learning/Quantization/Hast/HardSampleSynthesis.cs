using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Synthesises hard samples from a trained network alone: the first stage of HAST (CVPR 2023).</summary>
/// <remarks>
/// <para>
/// The pixels start as Gaussian noise. Adam minimises L = L_BNS + β · L_HIL (HAST, equation 9): the batch norms see the statistics
/// of their training data (<see cref="BatchNormStatisticsLoss"/>), and the network assigns each sample its class, with more weight
/// on samples that it finds difficult (<see cref="HardSampleLoss"/>). The pixels are unbounded numbers in the network's own
/// normalised units. The classes are drawn uniformly. No gradient of the weights is computed.
/// </para>
/// <para>
/// An encoder has no classes. Its first batch, at most a quarter of the samples, is made by L_BNS alone. Prototypes found among
/// the features of that batch replace the classes in the other batches (<see cref="EncoderHead"/>). If the outputs are neither classes
/// nor features, all batches are made by L_BNS alone.
/// </para>
/// </remarks>
/// <example><code>
/// var synthesis = new HardSampleSynthesis(new SynthesisOptions { Samples = 512, Steps = 200 }, model);
/// var (images, labels) = synthesis.Run(CPU, new MemoryCheckpoints(), progress: null, CancellationToken.None);
/// </code></example>
public sealed class HardSampleSynthesis
{
    /// <summary>The name of this stage in a run.</summary>
    public const string Stage = "synthesis";

    private const string ImagesName = "images";

    private readonly SynthesisOptions _options;
    private readonly Model _model;
    private readonly GraphModule _teacher;
    private readonly ImmutableArray<(string Input, string Mean, string Variance)> _norms;
    private readonly string[] _taps;
    private readonly HardSampleLoss _hardness;
    private readonly string? _vectors; // the logits or features; null for other outputs
    private readonly double _beta;
    private readonly long[] _sample; // sizes of one sample: (C, H, W)
    private readonly int _classes;
    private readonly bool _hasPrototypes;

    /// <summary>Prepares the synthesis from a network.</summary>
    /// <param name="options">The options. <see cref="SynthesisOptions.BatchSize"/> is reduced where the memory limit requires it.</param>
    /// <param name="model">
    /// A network with one input (N, C, ...), whose sizes except N are known.
    /// </param>
    /// <param name="task">The meaning of the outputs.</param>
    /// <exception cref="UnsuitableModelException">
    /// The network has no batch norms, other inputs, or outputs that do not match the task, or the samples would take more than 2 GB.
    /// </exception>
    public HardSampleSynthesis(SynthesisOptions options, Model model, NetworkTask task = NetworkTask.Classes)
    {
        _model = model;
        _sample = SampleShape.Of(model);
        _teacher = new GraphModule(model);
        _norms = BatchNorms(model.Graph);
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
        _hasPrototypes = task == NetworkTask.Features && _beta > 0;
        if (_hasPrototypes)
        {
            _options = _options with { BatchSize = Math.Max(2, Math.Min(_options.BatchSize, options.Samples / 4)) };
            _classes = Math.Min(EncoderHead.Most, Math.Min(_options.BatchSize, options.Samples));
        }
        else if (task == NetworkTask.Classes)
        {
            _classes = ComparedValues.Columns(model, task);
        }

        _vectors = task == NetworkTask.Classes || _hasPrototypes ? ComparedValues.Of(model, task)[0] : null;
        _taps = [.. _norms.Select(norm => norm.Input), .. _vectors is null ? [] : new[] { _vectors }];
        _hardness = new HardSampleLoss(options.DifficultyExponent ?? (small ? 2 : 0.5));
    }

    /// <summary>The samples of a batch: those of the options, or fewer if a step would take more memory than they allow.</summary>
    public int BatchSize => _options.BatchSize;

    private int SampleSize => (int)_sample.Aggregate(1L, (a, b) => a * b);

    /// <summary>The number of batches.</summary>
    public int Batches => (_options.Samples + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>Synthesises the samples, or continues an interrupted synthesis. The result is the same bit for bit.</summary>
    /// <param name="device">The device to compute on.</param>
    /// <param name="run">Stores the state, so that the work can be interrupted. Each finished batch is stored once.</param>
    /// <param name="progress">Receives the losses of every step: "bns", "hil" and "loss".</param>
    /// <param name="cancellation">Stops after the current step; the state is stored.</param>
    /// <returns>
    /// The images, (Samples, C, H, W) or (Samples, C, T, H, W), and the labels: classes or prototypes, -1 for a sample made by
    /// statistics alone.
    /// </returns>
    /// <exception cref="TrainingFailedException">The loss or its gradient is not finite.</exception>
    /// <exception cref="InvalidFileException">The stored state is of other options.</exception>
    public (TensorData Images, ImmutableArray<int> Labels) Run(
        Device device,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var teacher = TorchWeights.From(_model, device, trainable: false);
        using var state = new State(this, teacher, run);
        new TrainingLoop(Stage, (long)Batches * _options.Steps, run, progress, state).Run(state.Step, cancellation);
        return (Concatenate(state.Finished), [.. Enumerable.Range(0, _options.Samples).Select(Label)]);
    }

    private static ImmutableArray<(string Input, string Mean, string Variance)> BatchNorms(Graph graph)
    {
        var norms = graph.Nodes.Where(node => node.Operator == "BatchNormalization").ToList();
        return norms.Count > 0
            ? [.. norms.Select(node => (node.Inputs[0], node.Inputs[3], node.Inputs[4]))]
            : throw new UnsuitableModelException(
                "the network has no batch norms, from whose statistics samples are synthesised; if they were folded away, export it "
                    + "again with torch.onnx.export(..., training=TrainingMode.PRESERVE, do_constant_folding=False)"
            );
    }

    // One step of Adam on a batch: L = L_BNS + beta · L_HIL.
    private ImmutableSortedDictionary<string, double> Step(TorchWeights teacher, SyntheticBatch batch, int step)
    {
        using var scope = NewDisposeScope();
        var activations = _teacher.Run(teacher, batch.Images, taps: _taps);
        var statistics = BatchNormStatisticsLoss.Forward([
            .. _norms.Select(norm => (activations[norm.Input], teacher[norm.Mean], teacher[norm.Variance])),
        ]);
        var hardness = batch.Labels is { } labels
            ? _hardness.Forward(Logits(batch, ComparedValues.Rows(activations[_vectors!])), labels)
            : null;
        var loss = _beta == 0 || hardness is null ? statistics : statistics + _beta * hardness;
        loss.backward();
        var total = loss.ToDouble();
        var gradient = batch.Descend(step, total);
        if (!double.IsFinite(total) || !double.IsFinite(gradient))
        {
            throw new TrainingFailedException(
                $"synthesis diverged at step {step}: the loss is {total}, the norm of its gradient {gradient}; try a smaller learning rate"
            );
        }

        var losses = Losses.Of(("bns", statistics.ToDouble()), ("loss", total));
        return hardness is null ? losses : losses.Add("hil", hardness.ToDouble());
    }

    private static Tensor Logits(SyntheticBatch batch, Tensor vectors) => batch.Head?.Logits(vectors) ?? vectors;

    private SyntheticBatch Begin(int batch, TorchWeights teacher, TensorData? prototypes)
    {
        var first = batch * _options.BatchSize;
        var items = Enumerable.Range(first, Math.Min(_options.BatchSize, _options.Samples - first)).ToList();
        var noise = new float[items.Count * SampleSize];
        foreach (var item in items)
        {
            new RandomStream(_options.Seed, "synthesis.noise", item: item).FillGaussian(
                noise.AsSpan((item - first) * SampleSize, SampleSize)
            );
        }

        using var features =
            _hasPrototypes && prototypes is not null ? ComparedValues.Evaluate(_teacher, teacher, _vectors!, prototypes) : null;
        return new SyntheticBatch(
            _options,
            TensorData.Of<float>(noise, [items.Count, .. _sample]),
            Label(first) < 0 ? null : TensorData.Of<long>([.. items.Select(item => (long)Label(item))]),
            teacher.Device,
            features is null ? null : new EncoderHead(features)
        );
    }

    private int Label(int item) =>
        _classes == 0 || (_hasPrototypes && item < _options.BatchSize)
            ? -1
            : new RandomStream(_options.Seed, "synthesis.label", item: item).NextInt32(_classes);

    private TensorData Concatenate(IEnumerable<TensorData> batches)
    {
        var all = new float[_options.Samples * SampleSize];
        var offset = 0;
        foreach (var batch in batches)
        {
            var images = batch.As<float>();
            images.CopyTo(all.AsSpan(offset));
            offset += images.Length;
        }

        return TensorData.Of<float>(all, [_options.Samples, .. _sample]);
    }

    /// <summary>The batches that are finished, and the one in the making.</summary>
    /// <remarks>Each finished batch is stored once, as a stage of its own; the checkpoints of the synthesis hold only the other one.</remarks>
    private sealed class State(HardSampleSynthesis synthesis, TorchWeights teacher, ICheckpoints run) : ITrainingState, IDisposable
    {
        private readonly List<TensorData> _finished = [];
        private SyntheticBatch? _batch; // null between two batches

        /// <summary>The images of the finished batches, each (B, C, H, W).</summary>
        public IEnumerable<TensorData> Finished => _finished;

        /// <summary>The completed steps of all batches together.</summary>
        public long Done { get; private set; }

        private int StepOfBatch => (int)(Done % synthesis._options.Steps);

        /// <summary>Does one step of the current batch, and stores the batch after its last step.</summary>
        public ImmutableSortedDictionary<string, double> Step()
        {
            _batch ??= Begin();
            var losses = synthesis.Step(teacher, _batch, StepOfBatch);
            Done++;
            if (StepOfBatch == 0)
            {
                Finish(_batch);
            }

            return losses;
        }

        /// <inheritdoc/>
        public Checkpoint Save()
        {
            var checkpoint = new Checkpoint(Stage, Done);
            return _batch is null ? checkpoint : _batch.Save(checkpoint);
        }

        /// <inheritdoc/>
        public void Restore(Checkpoint checkpoint)
        {
            Done = checkpoint.Step;
            _finished.AddRange(Enumerable.Range(0, (int)(Done / synthesis._options.Steps)).Select(Stored));
            if (StepOfBatch > 0)
            {
                _batch = Begin();
                _batch.Restore(checkpoint);
            }
        }

        /// <inheritdoc/>
        public void Dispose() => _batch?.Dispose();

        private SyntheticBatch Begin() => synthesis.Begin(_finished.Count, teacher, _finished.FirstOrDefault());

        private void Finish(SyntheticBatch batch)
        {
            var images = batch.Images.ToData();
            run.Save(new Checkpoint(StageOf(_finished.Count), synthesis._options.Steps).With(ImagesName, images));
            _finished.Add(images);
            batch.Dispose();
            _batch = null;
        }

        private TensorData Stored(int batch) =>
            run.Latest(StageOf(batch))?[ImagesName]
            ?? throw new InvalidFileException($"the checkpoint of the {StageOf(batch)} is gone; begin the run anew");

        private static string StageOf(int batch) => $"{Stage} of batch {batch + 1}";
    }
}
