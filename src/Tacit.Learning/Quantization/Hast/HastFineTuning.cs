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

/// <summary>Trains a low-bit copy of a network on synthetic samples: the second stage of HAST (CVPR 2023).</summary>
/// <remarks>
/// Each step draws a batch x and, with L = L_KD + L_FA between the quantised network (student) and the float network (teacher),
/// minimises L(x) + L(x'), where x' = x + epsilon · sign(dL/dx) is the batch promoted in difficulty by one step against both.
/// One backward pass of L(x) gives the gradients of the weights and of the pixels. Both networks use the float network's
/// running statistics; their gamma and beta are trained with the weights. Activation ranges stay as they were observed.
/// An encoder's L_KD compares features, and what prototypes make of them (<see cref="EncoderHead"/>).
/// The authors' code differs from the paper in that it trains on x too and promotes by the training loss: this follows the code.
/// Quantised training can fail suddenly: clamped activations hide a dying network from the loss, while the straight-through
/// gradient is not bounded. So a <see cref="DivergenceGuard"/> watches, and takes the training back to where it was sound.
/// </remarks>
public sealed class HastFineTuning
{
    /// <summary>The name of this stage in a run.</summary>
    public const string Stage = "fine-tuning";

    private readonly FineTuningOptions _options;
    private readonly string _stage;
    private readonly Model _teacherModel;
    private readonly Model _studentModel;
    private readonly GraphModule _teacher;
    private readonly GraphModule _student;
    private readonly Distillation _distillation;
    private readonly FeatureAlignment _alignment;
    private readonly NetworkTask _task;
    private readonly string _logits;
    private readonly ImmutableArray<string> _points; // where features are aligned
    private readonly IReadOnlyCollection<string> _taps;
    private readonly LearningRateSchedule _schedule;

    /// <summary>The fine-tuning of a quantised copy.</summary>
    /// <param name="options">The options.</param>
    /// <param name="teacher">The float network.</param>
    /// <param name="student">The same network with FakeQuantize nodes and observed ranges.</param>
    /// <param name="task">What their output means.</param>
    /// <param name="stage">The name of the stage in the run, where there is more than one such training.</param>
    public HastFineTuning(
        FineTuningOptions options,
        Model teacher,
        Model student,
        NetworkTask task = NetworkTask.Classifier,
        string stage = Stage
    )
    {
        _options = options with { BatchSize = ActivationMemory.OfFineTuning(student).Fit(options.BatchSize, options.MemoryLimit) };
        _task = task;
        _stage = stage;
        (_teacherModel, _studentModel) = (teacher, student);
        (_teacher, _student) = (new GraphModule(teacher), new GraphModule(student));
        _distillation = new Distillation(options.Temperature, options.DistillationWeight);
        _alignment = new FeatureAlignment(options.FeatureWeight);
        _logits = VectorNetwork.Logits(teacher.Graph);
        _points = options.FeatureWeight > 0 ? FeaturePoints.Of(teacher.Graph) : [];
        _taps = [.. _points, _logits];

        // In steps: the authors' epochs 20, 40 and 60 of 151, of which the first 4 train nothing.
        var steps = Math.Max(1, options.Steps);
        _schedule =
            options.Schedule == FineTuningSchedule.WarmUpCosine
                ? LearningRateSchedule.Cosine(options.LearningRate, steps, Math.Min(options.WarmUp, steps))
                : LearningRateSchedule.MultiStep(options.LearningRate, [.. new[] { 16L, 36, 56 }.Select(epoch => steps * epoch / 147)]);
    }

    /// <summary>The samples of a step: those of the options, or fewer where it would take more memory than they allow.</summary>
    public int BatchSize => _options.BatchSize;

    /// <summary>Trains the quantised copy, or goes on training it.</summary>
    /// <param name="pools">One or more sets of samples, (N, C, H, W), Float32, from which each batch is drawn in equal parts.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="run">Keeps the state, so that the work can be interrupted.</param>
    /// <param name="progress">Is told of every step.</param>
    /// <param name="cancellation">Stops after the current step; the state is kept.</param>
    /// <returns>The quantised network after the last step.</returns>
    /// <exception cref="TrainingFailedException">The training diverged again and again.</exception>
    public Model Run(
        ImmutableArray<TensorData> pools,
        Device device,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var teacher = TorchWeights.From(_teacherModel, device, trainable: false);
        using var student = TorchWeights.From(_studentModel, device, trainable: true);
        using var update = new WeightUpdate(Optimizer(_options), [.. student.Parameters.Select(parameter => parameter.Tensor)], _schedule);
        using var batches = new SampleBatches(_options, pools, device);
        using var features = _task == NetworkTask.Encoder ? VectorNetwork.Evaluate(_teacher, teacher, pools[^1]) : null; // (N, D)
        using var head = features is null ? null : new EncoderHead(features);
        var state = new GuardedState(_stage, _options.Steps, student, update);
        new TrainingLoop(_stage, _options.Steps, run, progress, state).Run(Advance, cancellation);
        return student.ToModel();

        ImmutableSortedDictionary<string, double>? Advance()
        {
            var (step, guard) = ((int)state.Done, state.Guard);
            using var batch = batches.Take(step + ((long)guard.StepsBack * _options.Steps)); // (B, C, H, W), others after a return
            var losses = Backward(teacher, student, head, batch);
            var gradient = update.StepAt(guard.RateFactor * update.RateAt(step));
            if (guard.IsDiverging(gradient, losses["features"], losses["loss"]))
            {
                state.GoBack();
                return null;
            }

            state.Advance();
            return losses.Add("gradient", gradient);
        }
    }

    // The gradient of L(x) + L(x'): x (B, C, H, W)
    private ImmutableSortedDictionary<string, double> Backward(TorchWeights teacher, TorchWeights student, EncoderHead? head, Tensor batch)
    {
        using var scope = NewDisposeScope();
        var promotes = _options.Perturbation > 0;
        var x = batch.requires_grad_(promotes);
        var (distillation, features) = Compare(teacher, student, head, x, throughTeacher: promotes);
        var loss = distillation + features;
        loss.backward();
        var total = loss.ToDouble();
        if (promotes)
        {
            var promoted = (x + _options.Perturbation * x.grad!.sign()).detach(); // (B, C, H, W)
            var (promotedDistillation, promotedFeatures) = Compare(teacher, student, head, promoted, throughTeacher: false);
            var promotedLoss = promotedDistillation + promotedFeatures;
            promotedLoss.backward();
            total += promotedLoss.ToDouble();
        }

        return Losses.Of(("loss", total), ("distillation", distillation.ToDouble()), ("features", features.ToDouble()));
    }

    private (Tensor Distillation, Tensor Features) Compare(
        TorchWeights teacher,
        TorchWeights student,
        EncoderHead? head,
        Tensor x,
        bool throughTeacher
    )
    {
        Activations target;
        using (throughTeacher ? null : no_grad())
        {
            target = _teacher.Run(teacher, x, taps: _taps);
        }

        var prediction = _student.Run(student, x, taps: _taps);
        var features = _alignment.Forward(_points.Select(point => (prediction[point], target[point])));
        return (
            head is null
                ? _distillation.Forward(VectorNetwork.Rows(prediction[_logits]), VectorNetwork.Rows(target[_logits]))
                : Distil(head, prediction[_logits], target[_logits]),
            features
        );
    }

    // Of features, (B, D) each.
    private Tensor Distil(EncoderHead head, Tensor student, Tensor teacher)
    {
        var regression = _options.RegressionWeight * head.Regression(student, teacher);
        return _options.Prototypes ? regression + _distillation.Forward(head.Logits(student), head.Logits(teacher)) : regression;
    }

    private static OptimizerOptions Optimizer(FineTuningOptions options) =>
        new()
        {
            Kind = options.AdamW ? OptimizerKind.AdamW : OptimizerKind.Sgd,
            LearningRate = options.LearningRate,
            Nesterov = !options.AdamW,
            WeightDecay = options.WeightDecay,
            SparesVectors = false,
            MaxGradientNorm = options.GradientNorm,
        };
}
