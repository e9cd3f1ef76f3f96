using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tacit.Learning.Training;

/// <summary>Turns the gradients of a network's weights into changes of them, step by step.</summary>
/// <remarks>
/// A step takes the learning rate from the schedule, clips the gradients, decays weights, scales by layer (LARS only) and updates
/// in place. What is kept between steps (momentum, moments) goes into a checkpoint with <see cref="Save"/>; the weights
/// themselves are the caller's to save. The weights must outlive this object, which does not own them.
/// </remarks>
/// <example><code>
/// using var update = new WeightUpdate(options, weights, steps);
/// for (var step = 0L; step &lt; steps; step++)
/// {
///     using var scope = NewDisposeScope();
///     Loss(weights, step).backward();
///     var norm = update.Step(step);
/// }
/// </code></example>
public sealed class WeightUpdate : IDisposable
{
    private const string OptimizerName = "optimizer";

    private readonly OptimizerOptions _options;
    private readonly TorchWeights _weights;
    private readonly LearningRateSchedule _schedule;
    private readonly OptimizerHelper _optimizer;
    private readonly bool _sparesVectors;

    /// <summary>The updates of a network's parameters.</summary>
    /// <param name="options">The options.</param>
    /// <param name="weights">Trainable weights.</param>
    /// <param name="steps">The number of steps in all, over which the learning rate falls.</param>
    /// <exception cref="ArgumentException">
    /// Options contradict each other or the number of steps, or the weights are not trainable.
    /// </exception>
    public WeightUpdate(OptimizerOptions options, TorchWeights weights, long steps)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Parameters.Count == 0 || weights.Parameters.Any(parameter => !parameter.Tensor.requires_grad))
        {
            throw new ArgumentException("there is nothing to train: the weights must have parameters and be trainable", nameof(weights));
        }

        (_options, _weights, _schedule) = (options, weights, options.Schedule(steps));
        _sparesVectors = options.SparesVectors ?? options.Kind != OptimizerKind.Sgd;

        // Decay is applied here, because it depends on the parameter: one group of parameters is enough.
        Parameter[] parameters = [.. weights.Parameters.Select(parameter => parameter.Tensor)];
        _optimizer =
            options.Kind == OptimizerKind.AdamW
                ? optim.AdamW(parameters, options.LearningRate, options.Beta1, options.Beta2, weight_decay: 0)
                : optim.SGD(parameters, options.LearningRate, options.Momentum, nesterov: options.Nesterov);
    }

    /// <summary>The learning rate of a step, counted from 0.</summary>
    public double RateAt(long step) => _schedule.At(step);

    /// <summary>Updates the weights by their gradients, and sets the gradients to none.</summary>
    /// <param name="step">The step, counted from 0.</param>
    /// <param name="accumulated">The number of backward passes since the last step: the gradients are their sum and are divided by it.</param>
    /// <returns>
    /// The 2-norm of all gradients together before clipping. Where it is infinite or not a number, nothing was updated: the caller
    /// decides whether to go on.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public double Step(long step, int accumulated = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulated, 1);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var norm = MeanAndClip(accumulated);
        if (double.IsFinite(norm))
        {
            var rate = _schedule.At(step);
            foreach (var group in _optimizer.ParamGroups)
            {
                group.LearningRate = rate;
            }

            Decay(rate);
            _optimizer.step();
        }

        _weights.ClearGradients();
        return norm;
    }

    /// <summary>What the next steps depend on beside the weights, to be put in a section of a checkpoint.</summary>
    public IReadOnlyDictionary<string, TensorData> Save() =>
        new Dictionary<string, TensorData>(StringComparer.Ordinal) { [OptimizerName] = OptimizerState.Save(_optimizer) };

    /// <summary>Goes on from what <see cref="Save"/> gave, so that the next steps are the same bit for bit.</summary>
    /// <param name="section">The section of a checkpoint; of an update of the same kind and parameters.</param>
    /// <exception cref="InvalidFileException">The state is missing, damaged or of another update; this one is then of no more use.</exception>
    public void Restore(IReadOnlyDictionary<string, TensorData> section)
    {
        ArgumentNullException.ThrowIfNull(section);
        OptimizerState.Load(
            _optimizer,
            section.TryGetValue(OptimizerName, out var state)
                ? state
                : throw new InvalidFileException("the checkpoint has no state of an optimizer; it is of another run or version")
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private double MeanAndClip(int accumulated)
    {
        var parameters = _weights.Parameters.Select(parameter => parameter.Tensor);
        if (accumulated > 1)
        {
            foreach (var parameter in parameters)
            {
                parameter.grad?.div_(accumulated);
            }
        }

        return _options.MaxGradientNorm is { } limit
            ? GradientClipping.ClipGlobalNorm(parameters, limit)
            : GradientClipping.GlobalNorm(parameters);
    }

    private void Decay(double rate)
    {
        foreach (var (_, parameter) in _weights.Parameters)
        {
            if ((_sparesVectors && parameter.dim() <= 1) || parameter.grad is not { } gradient)
            {
                continue;
            }

            switch (_options.Kind)
            {
                case OptimizerKind.Lars:
                    LayerwiseScaling.Apply(gradient, parameter, _options.WeightDecay, _options.TrustCoefficient);
                    break;
                case OptimizerKind.Sgd when _options.WeightDecay > 0:
                    gradient.add_(parameter, alpha: _options.WeightDecay);
                    break;
                case OptimizerKind.AdamW when _options.WeightDecay > 0:
                    parameter.mul_(1 - rate * _options.WeightDecay);
                    break;
            }
        }
    }
}
