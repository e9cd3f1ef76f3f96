using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>Holds the online network, which is trained, and the target network, which gives the targets of its predictions.</summary>
/// <remarks>
/// <para>
/// Both are sets of weights over one graph: the encoder with its heads. They start with the same weights. With
/// <see cref="TargetNetwork.Momentum"/>, the target weights ξ follow the online weights θ after each step: ξ ← m ξ + (1 - m) θ (BYOL, Grill
/// et al. 2020, equation 1). With <see cref="TargetNetwork.None"/>, the targets are the online embeddings without a gradient.
/// </para>
/// <para>
/// The target network runs in training mode, too. Its batch norms normalise by the statistics of the batch, and it has its own running
/// statistics.
/// </para>
/// </remarks>
internal sealed class OnlineAndTarget : IDisposable
{
    private const string OnlineName = "online";

    private readonly Model _encoder;
    private readonly GraphModule _module;
    private readonly PretrainingRecipe _recipe;
    private readonly bool _bfloat16;
    private readonly TorchWeights? _target;
    private readonly ExponentialMovingAverage? _average;

    /// <summary>Creates both networks on a device.</summary>
    /// <param name="encoder">The encoder with its initial weights.</param>
    /// <param name="options">The recipe with its heads, the seed of the heads, the precision and the momentum.</param>
    /// <param name="steps">The total number of steps, over which the momentum rises.</param>
    /// <param name="device">The device.</param>
    public OnlineAndTarget(Model encoder, PretrainingOptions options, long steps, Device device)
    {
        var model = ProjectionHead.Append(encoder, options.Recipe.Heads, options.Seed);
        (_encoder, _recipe, _module, _bfloat16) = (
            encoder,
            options.Recipe,
            new GraphModule(model),
            options.Precision == Precision.BFloat16
        );
        Online = TorchWeights.From(model, device, trainable: true);
        if (_recipe.TargetNetwork == TargetNetwork.Momentum)
        {
            // The target runs in training mode and has its own statistics.
            _target = TorchWeights.From(model, device, trainable: false);
            _average = new ExponentialMovingAverage(options.TargetMomentum with { CopiesStatistics = false }, _target, Online, steps);
        }
    }

    /// <summary>The weights that are trained.</summary>
    public TorchWeights Online { get; }

    /// <summary>Embeds a batch with both networks in training mode.</summary>
    /// <param name="clips">The clips, (V · B, 3, T, S, S), ordered by view.</param>
    /// <returns>
    /// The embeddings of the views that learn, and those of the views that are targets. The latter have no gradient. Without a target
    /// network, both are the embeddings of the views that learn.
    /// </returns>
    public (Embeddings Online, Embeddings Target) Embed(Tensor clips)
    {
        var online = Run(Online, Views(clips, view => view.Learns));
        if (_target is null)
        {
            return (online, online.Detached());
        }

        using var noGradient = no_grad();
        return (online, Run(_target, Views(clips, view => view.Targets)));
    }

    /// <summary>Moves the target weights towards the online weights. Call it once after each update of the online weights.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The momentum m of the step; 0 without a target network.</returns>
    public double Follow(long step)
    {
        _average?.Update(step);
        return _average?.MomentumAt(step) ?? 0;
    }

    /// <summary>Returns the features of clips in evaluation mode and without a gradient: (N, 3, T, S, S) → (N, D).</summary>
    public Tensor Features(Tensor clips)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return _module.Run(Online, clips)[_encoder.Graph.Outputs[0].Name].MoveToOuterDisposeScope();
    }

    /// <summary>Returns the encoder without heads, with a copy of the online weights.</summary>
    public Model Encoder()
    {
        var trained = Online.ToWeights();
        return With(_encoder, name => trained[name]);
    }

    /// <summary>Returns an encoder with the online weights of a checkpoint.</summary>
    /// <param name="encoder">The encoder whose graph and metadata are used.</param>
    /// <param name="saved">The weights returned by <see cref="Save()"/>.</param>
    /// <exception cref="InvalidFileException">The weights belong to another encoder.</exception>
    public static Model EncoderOf(Model encoder, IReadOnlyDictionary<string, TensorData> saved) =>
        With(
            encoder,
            name =>
                saved.TryGetValue($"{OnlineName}/{name}", out var data) && data.Type.Equals(encoder.Weights[name].Type)
                    ? data
                    : throw new InvalidFileException(
                        $"the checkpoint is of other options: it has no {name} of {encoder.Weights[name].Shape}"
                    )
        );

    /// <summary>Returns a copy of all weights under the names "online/{name}" and "target/{name}".</summary>
    public IEnumerable<KeyValuePair<string, TensorData>> Save() =>
        Save(OnlineName, Online).Concat(_target is null ? [] : Save("target", _target));

    /// <summary>Restores weights returned by <see cref="Save()"/>.</summary>
    /// <exception cref="InvalidFileException">The weights belong to a run with other options.</exception>
    public void Restore(IReadOnlyDictionary<string, TensorData> saved)
    {
        foreach (var (path, data) in saved)
        {
            var (part, name) = (path[..path.IndexOf('/')], path[(path.IndexOf('/') + 1)..]);
            SavedWeights.Restore(part == OnlineName ? Online : _target, name, data);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Online.Dispose();
        _target?.Dispose();
    }

    private static Model With(Model encoder, Func<string, TensorData> weight) =>
        new(
            encoder.Graph,
            new Weights(encoder.Graph.Initializers.Keys.Select(name => KeyValuePair.Create(name, weight(name)))),
            encoder.Metadata
        );

    private static IEnumerable<KeyValuePair<string, TensorData>> Save(string part, TorchWeights weights) =>
        weights.ToWeights().Select(weight => KeyValuePair.Create($"{part}/{weight.Key}", weight.Value));

    private Embeddings Run(TorchWeights weights, Tensor clips)
    {
        using var autocast = _bfloat16 ? Autocast.BFloat16(clips.device_type) : null;
        return new Embeddings(_module.Run(weights, clips, ExecutionMode.Train), _recipe.Heads);
    }

    private Tensor Views(Tensor clips, Func<ClipView, bool> wanted)
    {
        if (_recipe.Views.All(wanted))
        {
            return clips;
        }

        var views = clips.chunk(_recipe.Views.Length, dim: 0);
        return cat([.. views.Where((_, view) => wanted(_recipe.Views[view]))], 0);
    }
}
