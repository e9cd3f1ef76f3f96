using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Holds the outputs and tapped values of one run of a graph.</summary>
/// <remarks>
/// Disposing it disposes the tensors. They also belong to the dispose scope that was open when the graph was run, if there was one.
/// </remarks>
public sealed class Activations : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly string[] _outputs;

    /// <summary>Takes ownership of the results of a run.</summary>
    /// <param name="tensors">The outputs and tapped values by name.</param>
    /// <param name="outputs">The names of the outputs in order.</param>
    internal Activations(Dictionary<string, Tensor> tensors, string[] outputs)
    {
        _tensors = tensors;
        _outputs = outputs;
    }

    /// <summary>The names of the outputs and tapped values.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The output of a graph that has exactly one.</summary>
    /// <exception cref="InvalidOperationException">The graph has several outputs. Read one by its name.</exception>
    public Tensor Output =>
        _outputs.Length == 1
            ? _tensors[_outputs[0]]
            : throw new InvalidOperationException($"the graph has {_outputs.Length} outputs: read one by name");

    /// <summary>Returns an output or tapped value. The tensor belongs to this object; do not dispose it.</summary>
    /// <param name="value">The name of the value.</param>
    /// <exception cref="ArgumentException">The value is neither an output nor tapped.</exception>
    public Tensor this[string value] =>
        _tensors.TryGetValue(value, out var tensor)
            ? tensor
            : throw new ArgumentException($"{value} is neither an output nor tapped", nameof(value));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
