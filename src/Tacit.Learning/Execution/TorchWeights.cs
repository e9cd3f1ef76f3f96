using System.Collections.Immutable;
using Tacit.Graphs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>The weights of a network as tensors on a device: what training changes.</summary>
/// <remarks>
/// Owns its tensors, which belong to no dispose scope. Batch norms in <see cref="ExecutionMode.Train"/> update the
/// running statistics here in place.
/// </remarks>
public sealed class TorchWeights : IDisposable
{
    private readonly Model _model;
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private TorchWeights(Model model, Device device)
    {
        _model = model;
        Device = device;
    }

    /// <summary>Where the tensors are.</summary>
    public Device Device { get; }

    /// <summary>The floating-point parameters, in the order in which the graph first reads them.</summary>
    public IReadOnlyList<(string Name, Parameter Tensor)> Parameters { get; private set; } = [];

    /// <summary>The running statistics, in the order in which the graph first reads them.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Statistics { get; private set; } = [];

    /// <summary>The names of all tensors: parameters, statistics and constants.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The tensor of an initializer; it stays this object's.</summary>
    /// <exception cref="ArgumentException">The graph has no such initializer.</exception>
    public Tensor this[string name] =>
        _tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new ArgumentException($"the weights of {_model.Graph.Name} have no tensor {name}", nameof(name));

    /// <summary>Copies a network's weights to a device.</summary>
    /// <param name="model">The network.</param>
    /// <param name="device">Where to put the tensors.</param>
    /// <param name="trainable">Whether floating-point parameters require gradients. Statistics and constants never do.</param>
    public static TorchWeights From(Model model, Device device, bool trainable)
    {
        var weights = new TorchWeights(model, device);
        try
        {
            foreach (var initializer in InOrderOfUse(model.Graph))
            {
                var tensor = model.Weights[initializer.Name].ToTensor(device);
                var learnt = initializer.Role == WeightRole.Parameter && initializer.Type.Element.IsFloatingPoint();
                weights._tensors.Add(initializer.Name, (learnt ? new Parameter(tensor, trainable) : tensor).DetachFromDisposeScope());
            }
        }
        catch
        {
            weights.Dispose();
            throw;
        }

        weights.Parameters =
        [
            .. weights._tensors.Where(entry => entry.Value is Parameter).Select(entry => (entry.Key, (Parameter)entry.Value)),
        ];
        weights.Statistics =
        [
            .. weights
                ._tensors.Where(entry => model.Graph.Initializers[entry.Key].Role == WeightRole.Statistic)
                .Select(entry => (entry.Key, entry.Value)),
        ];
        return weights;
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Copies elements into a tensor, in place.</summary>
    /// <param name="name">An initializer of the graph.</param>
    /// <param name="value">The elements, on any device and of any type that converts.</param>
    /// <exception cref="ArgumentException">There is no such initializer, or the sizes differ.</exception>
    public void Set(string name, Tensor value)
    {
        var tensor = this[name];
        if (!tensor.shape.AsSpan().SequenceEqual(value.shape))
        {
            throw new ArgumentException($"{name} is {Sizes(tensor)}, the value is {Sizes(value)}", nameof(value));
        }

        using var guard = no_grad();
        tensor.copy_(value);
    }

    /// <summary>Copies every tensor of another set of weights over the same graph, in place.</summary>
    /// <exception cref="ArgumentException"><paramref name="other"/> lacks a tensor, or its sizes differ.</exception>
    public void CopyFrom(TorchWeights other)
    {
        foreach (var name in _tensors.Keys)
        {
            Set(name, other[name]);
        }
    }

    /// <summary>A copy of the elements.</summary>
    public Weights ToWeights() =>
        new(
            _tensors.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToData(_model.Graph.Initializers[entry.Key].Type.Element)))
        );

    /// <summary>The network with a copy of these weights.</summary>
    public Model ToModel() => new(_model.Graph, ToWeights(), _model.Metadata);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
        {
            tensor.Dispose();
        }

        _tensors.Clear();
        Parameters = [];
        Statistics = [];
    }

    // The initializers lie in a dictionary whose order differs between processes; runs must not.
    private static IEnumerable<Initializer> InOrderOfUse(Graph graph) =>
        graph
            .Nodes.SelectMany(node => node.Inputs)
            .Where(graph.IsInitializer)
            .Concat(graph.Initializers.Keys.Order(StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Select(name => graph.Initializers[name]);

    private static string Sizes(Tensor tensor) => Shape.Of(tensor.shape).ToString();
}
