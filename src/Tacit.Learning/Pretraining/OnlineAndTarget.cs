using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>The encoder with its heads that learns, and the one that gives its targets: two sets of weights over one graph.</summary>
internal sealed class OnlineAndTarget : IDisposable
{
    private const string OnlineName = "online";

    private readonly Model _encoder;
    private readonly GraphModule _module;
    private readonly PretrainingRecipe _recipe;
    private readonly bool _bfloat16;
    private readonly TorchWeights? _target;
    private readonly ExponentialMovingAverage? _average;

    /// <summary>Both networks, equal at first.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="options">Recipe, seed, precision and momentum.</param>
    /// <param name="steps">The steps over which the momentum rises.</param>
    /// <param name="device">Where to compute.</param>
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
            // The target runs in training mode and keeps statistics of its own.
            _target = TorchWeights.From(model, device, trainable: false);
            _average = new ExponentialMovingAverage(options.TargetMomentum with { CopiesStatistics = false }, _target, Online, steps);
        }
    }

    /// <summary>The weights that learn.</summary>
    public TorchWeights Online { get; }

    /// <summary>The embeddings of a batch in training mode; the target's have no gradient.</summary>
    /// <param name="clips">(V·B, 3, T, S, S), view by view.</param>
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

    /// <summary>Moves the target towards the online network; returns the momentum, 0 where there is none.</summary>
    public double Follow(long step)
    {
        _average?.Update(step);
        return _average?.MomentumAt(step) ?? 0;
    }

    /// <summary>The features of clips, in evaluation mode and without gradient: (N, D).</summary>
    public Tensor Features(Tensor clips)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return _module.Run(Online, clips)[_encoder.Graph.Outputs[0].Name].MoveToOuterDisposeScope();
    }

    /// <summary>The encoder without heads, with a copy of its weights.</summary>
    public Model Encoder()
    {
        var trained = Online.ToWeights();
        return With(_encoder, name => trained[name]);
    }

    /// <summary>An encoder with the weights that <see cref="Save()"/> gave of its online network.</summary>
    /// <exception cref="InvalidFileException">They are of another encoder.</exception>
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

    /// <summary>All weights, by name.</summary>
    public IEnumerable<KeyValuePair<string, TensorData>> Save() =>
        Save(OnlineName, Online).Concat(_target is null ? [] : Save("target", _target));

    /// <summary>Takes up what <see cref="Save()"/> gave.</summary>
    /// <exception cref="InvalidFileException">It is of other options.</exception>
    public void Restore(IReadOnlyDictionary<string, TensorData> saved)
    {
        foreach (var (path, data) in saved)
        {
            var (part, name) = (path[..path.IndexOf('/')], path[(path.IndexOf('/') + 1)..]);
            SavedWeights.Restore(part == OnlineName ? Online : _target, name, data);
        }
    }

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
