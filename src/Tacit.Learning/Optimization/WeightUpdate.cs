using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tacit.Learning.Optimization;

/// <summary>Updates the weights of a network from their gradients, step by step.</summary>
/// <remarks>
/// <para>The operations of a step are:</para>
/// <list type="number">
/// <item>Divide accumulated gradients by their number, and clip them.</item>
/// <item>Apply weight decay and, for LARS, the layer-wise scaling.</item>
/// <item>Update the weights in place with the learning rate of the schedule.</item>
/// <item>Clear the gradients.</item>
/// </list>
/// <para>
/// The state between steps (momentum and moments) is saved with <see cref="Save"/>; the caller saves the weights themselves.
/// This object does not own the weights, which must outlive it.
/// </para>
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
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly LearningRateSchedule _schedule;
    private readonly OptimizerHelper _optimizer;
    private readonly bool _sparesVectors;

    /// <summary>Creates an optimiser for the parameters of a network.</summary>
    /// <param name="options">The algorithm and its parameters.</param>
    /// <param name="weights">The weights; their parameters must be trainable.</param>
    /// <param name="steps">The total number of steps, which the learning rate schedule covers.</param>
    /// <exception cref="ArgumentException">
    /// Options contradict each other or <paramref name="steps"/>, or the weights are not trainable.
    /// </exception>
    public WeightUpdate(OptimizerOptions options, TorchWeights weights, long steps)
        : this(NotNull(options), ParametersOf(weights), options.Schedule(steps)) { }

    /// <summary>Creates an optimiser for any parameters, such as the pixels of synthetic images.</summary>
    /// <param name="options">The algorithm and its parameters. The schedule replaces what they say about the learning rate.</param>
    /// <param name="parameters">The tensors to update; they must require gradients.</param>
    /// <param name="schedule">The learning rate of each step.</param>
    internal WeightUpdate(OptimizerOptions options, IReadOnlyList<Parameter> parameters, LearningRateSchedule schedule)
    {
        (_options, _parameters, _schedule) = (options, parameters, schedule);
        _sparesVectors = options.SparesVectors ?? options.Kind != OptimizerKind.Sgd;

        // This class applies the decay, which depends on the parameter, so one group of parameters is enough.
        _optimizer =
            options.Kind == OptimizerKind.AdamW
                ? optim.AdamW(parameters, options.LearningRate, options.Beta1, options.Beta2, weight_decay: 0)
                : optim.SGD(parameters, options.LearningRate, options.Momentum, nesterov: options.Nesterov);
    }

    /// <summary>Returns the learning rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public double RateAt(long step) => _schedule.At(step);

    /// <summary>Updates the weights from their gradients and clears the gradients.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="accumulated">The number of backward passes since the last step. The gradients are divided by it. Default 1.</param>
    /// <returns>
    /// The Euclidean norm of all gradients before clipping. If it is infinite or NaN, the weights were not updated, and the
    /// caller decides whether to continue.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="step"/> is negative or <paramref name="accumulated"/> is less than 1.
    /// </exception>
    public double Step(long step, int accumulated = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return StepAt(_schedule.At(step), accumulated);
    }

    /// <summary>Updates the weights with a given learning rate instead of that of the schedule, and clears the gradients.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="accumulated">The number of backward passes since the last step. The gradients are divided by it. Default 1.</param>
    /// <returns>The Euclidean norm of all gradients before clipping, as <see cref="Step"/> returns it.</returns>
    internal double StepAt(double rate, int accumulated = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulated, 1);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var norm = MeanAndClip(accumulated);
        if (double.IsFinite(norm))
        {
            foreach (var group in _optimizer.ParamGroups)
            {
                group.LearningRate = rate;
            }

            Decay(rate);
            _optimizer.step();
        }

        ClearGradients();
        return norm;
    }

    /// <summary>Returns the state between steps, without the weights, for a section of a checkpoint.</summary>
    public IReadOnlyDictionary<string, TensorData> Save() =>
        new Dictionary<string, TensorData>(StringComparer.Ordinal) { [OptimizerName] = OptimizerState.Save(_optimizer) };

    /// <summary>Restores a state returned by <see cref="Save"/>. The next steps are then identical bit for bit.</summary>
    /// <param name="section">The section of the checkpoint. It must come from an update of the same kind and parameters.</param>
    /// <exception cref="InvalidFileException">
    /// The state is missing, damaged or belongs to another update. This object must not be used afterwards.
    /// </exception>
    public void Restore(IReadOnlyDictionary<string, TensorData> section)
    {
        ArgumentNullException.ThrowIfNull(section);
        OptimizerState.Load(
            _optimizer,
            section.TryGetValue(OptimizerName, out var state)
                ? state
                : throw new InvalidFileException("the checkpoint has no state of an optimizer; it belongs to another run or version")
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private static OptimizerOptions NotNull(OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }

    private static Parameter[] ParametersOf(TorchWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.Parameters.Count > 0 && weights.Parameters.All(parameter => parameter.Tensor.requires_grad)
            ? [.. weights.Parameters.Select(parameter => parameter.Tensor)]
            : throw new ArgumentException("there is nothing to train: the weights must have parameters and be trainable", nameof(weights));
    }

    private double MeanAndClip(int accumulated)
    {
        if (accumulated > 1)
        {
            foreach (var parameter in _parameters)
            {
                parameter.grad?.div_(accumulated);
            }
        }

        return _options.MaxGradientNorm is { } limit
            ? GradientClipping.ClipGlobalNorm(_parameters, limit)
            : GradientClipping.GlobalNorm(_parameters);
    }

    private void ClearGradients()
    {
        foreach (var parameter in _parameters)
        {
            // The property gives a new handle each time.
            using var gradient = parameter.grad;
            parameter.grad = null;
        }
    }

    private void Decay(double rate)
    {
        foreach (var parameter in _parameters)
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
