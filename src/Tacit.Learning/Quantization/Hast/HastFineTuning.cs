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
/// <para>
/// The loss between the quantised network (student) and the float network (teacher) is L = L_KD + L_FA (<see
/// cref="Distillation"/>, <see cref="FeatureAlignment"/>). The operations of a step are:
/// </para>
/// <list type="number">
/// <item>Draw a batch x (<see cref="SampleBatches"/>).</item>
/// <item>Compute the gradient of L(x) for the weights and the pixels, in one backward pass.</item>
/// <item>Promote the difficulty of the batch: x' = x + ε · sign(dL/dx). The gradient passes through both networks.</item>
/// <item>Add the gradient of L(x'), and update the weights.</item>
/// </list>
/// <para>
/// Both networks use the running statistics of the float network. The scales and shifts of batch norms are trained with the
/// weights. The ranges of activations stay as they were observed. <see cref="OutputDistillation"/> computes L_KD for networks whose
/// outputs are not classes.
/// </para>
/// <para>
/// The paper trains on promoted samples only and promotes by the difficulty of the label. The authors' code trains on x too and
/// promotes by the training loss. This class follows the code.
/// </para>
/// <para>
/// Quantised training can fail suddenly: clamped activations hide a failing network from the loss, while the straight-through
/// gradient is not bounded. A <see cref="DivergenceGuard"/> therefore returns the training to its last sound state.
/// </para>
/// </remarks>
/// <example><code>
/// var tuning = new HastFineTuning(new FineTuningOptions { Steps = 300 }, teacher, student);
/// var trained = tuning.Run([images], CPU, new MemoryCheckpoints(), progress: null, CancellationToken.None);
/// </code></example>
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
    private readonly FeatureAlignment _alignment;
    private readonly NetworkTask _task;
    private readonly ImmutableArray<string> _points; // where features are aligned
    private readonly LearningRateSchedule _schedule;

    /// <summary>Prepares the fine-tuning of a quantised copy.</summary>
    /// <param name="options">The options. <see cref="FineTuningOptions.BatchSize"/> is reduced where the memory limit requires it.</param>
    /// <param name="teacher">The float network.</param>
    /// <param name="student">The same network with FakeQuantize nodes and observed ranges.</param>
    /// <param name="task">The meaning of the outputs.</param>
    /// <param name="stage">The name of the stage in the run, for a run with more than one fine-tuning.</param>
    public HastFineTuning(
        FineTuningOptions options,
        Model teacher,
        Model student,
        NetworkTask task = NetworkTask.Classes,
        string stage = Stage
    )
    {
        _options = options with { BatchSize = ActivationMemory.OfFineTuning(student).Fit(options.BatchSize, options.MemoryLimit) };
        _task = task;
        _stage = stage;
        (_teacherModel, _studentModel) = (teacher, student);
        (_teacher, _student) = (new GraphModule(teacher), new GraphModule(student));
        _alignment = new FeatureAlignment(options.FeatureWeight);
        _points = options.FeatureWeight > 0 ? FeaturePoints.Of(teacher.Graph) : [];

        // In steps: the authors' epochs 20, 40 and 60 of 151, of which the first 4 train nothing.
        var steps = Math.Max(1, options.Steps);
        _schedule =
            options.Schedule == FineTuningSchedule.WarmUpCosine
                ? LearningRateSchedule.Cosine(options.LearningRate, steps, Math.Min(options.WarmUp, steps))
                : LearningRateSchedule.MultiStep(options.LearningRate, [.. new[] { 16L, 36, 56 }.Select(epoch => steps * epoch / 147)]);
    }

    /// <summary>The samples of a step: those of the options, or fewer if a step would take more memory than they allow.</summary>
    public int BatchSize => _options.BatchSize;

    /// <summary>Trains the quantised copy, or continues an interrupted training. The result is the same bit for bit.</summary>
    /// <param name="pools">
    /// One or more sets of samples, (N, C, H, W) or (N, C, T, H, W), Float32. Each batch is drawn from them in equal parts.
    /// </param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="run">Stores the state, so that the work can be interrupted.</param>
    /// <param name="progress">Receives the figures of every step: "distillation", "features", "loss" and "gradient".</param>
    /// <param name="cancellation">Stops after the current step; the last sound state is stored.</param>
    /// <returns>The quantised network after the last step.</returns>
    /// <exception cref="TrainingFailedException">The training diverged nine times.</exception>
    /// <exception cref="InvalidFileException">The stored state is of another network or other options.</exception>
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
        using var distillation = OutputDistillation.Of(_task, _teacherModel, teacher, pools[^1], _options);
        var state = new GuardedState(_stage, _options.Steps, student, update);
        new TrainingLoop(_stage, _options.Steps, run, progress, state).Run(Advance, cancellation);
        return student.ToModel();

        ImmutableSortedDictionary<string, double>? Advance()
        {
            var (step, guard) = ((int)state.Done, state.Guard);
            using var batch = batches.Take(step + ((long)guard.StepsBack * _options.Steps)); // (B, C, H, W), others after a return
            var losses = Backward(teacher, student, distillation, batch);
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
    private ImmutableSortedDictionary<string, double> Backward(
        TorchWeights teacher,
        TorchWeights student,
        OutputDistillation outputs,
        Tensor batch
    )
    {
        using var scope = NewDisposeScope();
        var promotes = _options.Perturbation > 0;
        var x = batch.requires_grad_(promotes);
        var (distillation, features) = Compare(teacher, student, outputs, x, throughTeacher: promotes);
        var loss = distillation + features;
        loss.backward();
        var total = loss.ToDouble();
        if (promotes)
        {
            var promoted = (x + _options.Perturbation * x.grad!.sign()).detach(); // (B, C, H, W)
            var (promotedDistillation, promotedFeatures) = Compare(teacher, student, outputs, promoted, throughTeacher: false);
            var promotedLoss = promotedDistillation + promotedFeatures;
            promotedLoss.backward();
            total += promotedLoss.ToDouble();
        }

        return Losses.Of(("loss", total), ("distillation", distillation.ToDouble()), ("features", features.ToDouble()));
    }

    private (Tensor Distillation, Tensor Features) Compare(
        TorchWeights teacher,
        TorchWeights student,
        OutputDistillation outputs,
        Tensor x,
        bool throughTeacher
    )
    {
        IReadOnlyCollection<string> taps = [.. _points, .. outputs.Values];
        Activations target;
        using (throughTeacher ? null : no_grad())
        {
            target = _teacher.Run(teacher, x, taps: taps);
        }

        var prediction = _student.Run(student, x, taps: taps);
        var features = _alignment.Forward(_points.Select(point => (prediction[point], target[point])));
        return (outputs.Forward(prediction, target), features);
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
