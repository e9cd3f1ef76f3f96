using System.Collections.Immutable;
using Tacit.Graphs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Holds the weights of a network as tensors on a device, where training changes them.</summary>
/// <remarks>
/// The object owns its tensors. They belong to no dispose scope. Batch norms update their running statistics here in place when the graph
/// runs in <see cref="ExecutionMode.Train"/>.
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

    /// <summary>The device that holds the tensors.</summary>
    public Device Device { get; }

    /// <summary>
    /// The floating-point parameters in the order in which the graph first reads them. The order is the same in every process.
    /// </summary>
    public IReadOnlyList<(string Name, Parameter Tensor)> Parameters { get; private set; } = [];

    /// <summary>The running statistics and quantiser ranges in the order in which the graph first reads them.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Statistics { get; private set; } = [];

    /// <summary>The names of all tensors: parameters, statistics and constants.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Returns the tensor of an initializer. It belongs to this object; do not dispose it.</summary>
    /// <param name="name">The name of the initializer.</param>
    /// <exception cref="ArgumentException">The graph has no such initializer.</exception>
    public Tensor this[string name] =>
        _tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new ArgumentException($"the weights of {_model.Graph.Name} have no tensor {name}", nameof(name));

    /// <summary>Copies the weights of a network to a device.</summary>
    /// <param name="model">The network.</param>
    /// <param name="device">The device that receives the tensors.</param>
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

    /// <summary>Returns whether an initializer exists.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Copies elements into a tensor in place. References to the tensor stay valid.</summary>
    /// <param name="name">The name of an initializer.</param>
    /// <param name="value">The elements in the same shape, on any device and of any type that can be converted.</param>
    /// <exception cref="ArgumentException">The initializer does not exist, or the shapes differ.</exception>
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

    /// <summary>Copies all tensors of other weights over the same graph in place.</summary>
    /// <param name="other">The source. It may have additional tensors and be on another device.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> lacks a tensor, or its shape differs.</exception>
    public void CopyFrom(TorchWeights other)
    {
        foreach (var name in _tensors.Keys)
        {
            Set(name, other[name]);
        }
    }

    /// <summary>Returns a copy of all elements in host memory, in the element types of the network.</summary>
    public Weights ToWeights() =>
        new(
            _tensors.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToData(_model.Graph.Initializers[entry.Key].Type.Element)))
        );

    /// <summary>Returns the network with a copy of these weights.</summary>
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

    /// <summary>
    /// Returns the initializers in the order of first use. The order of the dictionary differs between processes, and results must not.
    /// </summary>
    private static IEnumerable<Initializer> InOrderOfUse(Graph graph) =>
        graph
            .Nodes.SelectMany(node => node.Inputs)
            .Where(graph.IsInitializer)
            .Concat(graph.Initializers.Keys.Order(StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Select(name => graph.Initializers[name]);

    private static string Sizes(Tensor tensor) => Shape.Of(tensor.shape).ToString();
}
