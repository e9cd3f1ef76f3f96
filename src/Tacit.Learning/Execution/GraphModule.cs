using System.Runtime.InteropServices;
using Tacit.Graphs;
using Tacit.Learning.Execution.Native;
using Tacit.Learning.Execution.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Runs a graph with TorchSharp, forward and backward.</summary>
/// <remarks>
/// <para>
/// The graph is compiled once: each node becomes a <c>Kernel</c>, and each value gets a slot. The module holds no weights. It can be run
/// with any weights over the graph, and by several threads at the same time.
/// </para>
/// <para>
/// A value is disposed after its last use, unless it is an output or tapped. With gradients enabled, autograd keeps what the backward pass
/// needs.
/// </para>
/// <para>
/// If the graph has a fixed batch size, a batch of another size is run in parts of this size, the last one filled with zeros. The results are
/// then joined; see <see cref="FixedBatch.RowSizes"/>.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var module = new GraphModule(model);
/// using var weights = TorchWeights.From(model, torch.CPU, trainable: false);
/// using var activations = module.Run(weights, images, taps: ["features"]);
/// var logits = activations.Output;
/// </code>
/// </example>
public sealed class GraphModule
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly (int Slot, string Name)[] _initializers;
    private readonly string[] _outputs;
    private readonly long? _batch;
    private readonly Step[] _steps;

    static GraphModule() => HiddenCaches.DisableNnpack();

    /// <summary>Compiles the graph of a network.</summary>
    /// <param name="model">
    /// The network. Initializers of role <see cref="WeightRole.Constant"/>, such as the sizes of a Reshape, are read now and not from the
    /// weights of a run.
    /// </param>
    /// <exception cref="UnsupportedOperatorException">The graph has an operator, or a form of one, that cannot be executed.</exception>
    public GraphModule(Model model)
    {
        Graph = model.Graph;
        foreach (
            var name in Graph
                .Inputs.Select(input => input.Name)
                .Concat(Graph.Initializers.Keys)
                .Concat(Graph.Nodes.SelectMany(node => node.Outputs).Where(output => output.Length > 0))
        )
        {
            _slots.Add(name, _slots.Count);
        }

        _initializers = [.. Graph.Initializers.Keys.Select(name => (_slots[name], name))];
        _outputs = [.. Graph.Outputs.Select(output => output.Name)];
        _batch = FixedBatch.Of(Graph.Inputs);
        _steps = Compile(model);
    }

    /// <summary>The compiled graph.</summary>
    public Graph Graph { get; }

    /// <summary>Runs a graph with one input.</summary>
    /// <param name="weights">Weights over this graph.</param>
    /// <param name="input">The input, usually (N, C, H, W) or (N, C, T, H, W), on the device of the weights.</param>
    /// <param name="mode">Whether batch norms and dropout behave as in training. Default <see cref="ExecutionMode.Evaluate"/>.</param>
    /// <param name="taps">
    /// Names of values to keep in addition to the outputs: any input, initializer or result of a node. Null keeps only the outputs.
    /// </param>
    /// <returns>The outputs and taps. With gradients enabled, they are connected to the input and the weights.</returns>
    /// <exception cref="ArgumentException">The input does not match the graph, or a tap or weight does not exist.</exception>
    /// <exception cref="UnsuitableModelException">
    /// A node cannot be computed on its operands. The message lists their types and shapes.
    /// </exception>
    public Activations Run(
        TorchWeights weights,
        Tensor input,
        ExecutionMode mode = ExecutionMode.Evaluate,
        IReadOnlyCollection<string>? taps = null
    ) =>
        Graph.Inputs.Length == 1
            ? Run(weights, new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Graph.Inputs[0].Name] = input }, mode, taps)
            : throw new ArgumentException($"the graph has {Graph.Inputs.Length} inputs", nameof(input));

    /// <summary>Runs a graph with any number of inputs.</summary>
    /// <param name="weights">Weights over this graph.</param>
    /// <param name="inputs">A tensor for each input, by its name, on the device of the weights.</param>
    /// <param name="mode">Whether batch norms and dropout behave as in training. Default <see cref="ExecutionMode.Evaluate"/>.</param>
    /// <param name="taps">Names of values to keep in addition to the outputs. Null keeps only the outputs.</param>
    /// <inheritdoc cref="Run(TorchWeights, Tensor, ExecutionMode, IReadOnlyCollection{string}?)" path="/returns"/>
    /// <inheritdoc cref="Run(TorchWeights, Tensor, ExecutionMode, IReadOnlyCollection{string}?)" path="/exception"/>
    public Activations Run(
        TorchWeights weights,
        IReadOnlyDictionary<string, Tensor> inputs,
        ExecutionMode mode = ExecutionMode.Evaluate,
        IReadOnlyCollection<string>? taps = null
    )
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var sizes = inputs.Values.Select(input => input.dim() > 0 ? input.shape[0] : 0).Distinct().ToList();
        return _batch is { } part and > 0 && sizes is [var count and > 0] && count != part
            ? RunParts(weights, inputs, mode, taps ?? [], part, count)
            : RunOnce(weights, inputs, mode, taps);
    }

    /// <summary>Runs the graph in parts of its fixed batch size and joins the results.</summary>
    private Activations RunParts(
        TorchWeights weights,
        IReadOnlyDictionary<string, Tensor> inputs,
        ExecutionMode mode,
        IReadOnlyCollection<string> taps,
        long part,
        long count
    )
    {
        using var scope = NewDisposeScope();
        var parts = new List<Activations>();
        for (var start = 0L; start < count; start += part)
        {
            var rows = Math.Min(part, count - start);
            parts.Add(
                RunOnce(
                    weights,
                    inputs.ToDictionary(input => input.Key, input => Rows(input.Value, start, rows), StringComparer.Ordinal),
                    mode,
                    taps
                )
            );
        }

        return new Activations(
            parts[0].Names.ToDictionary(name => name, name => Joined(name).MoveToOuterDisposeScope(), StringComparer.Ordinal),
            _outputs
        );

        // A part of the batch, filled with zeros up to the fixed size.
        Tensor Rows(Tensor batch, long start, long rows)
        {
            var taken = batch.narrow(0, start, rows);
            return rows == part
                ? taken
                : cat([taken, zeros([part - rows, .. batch.shape[1..]], dtype: batch.dtype, device: batch.device)], 0);
        }

        Tensor Joined(string name)
        {
            Tensor[] values = [.. parts.Select(activations => activations[name])];
            if (Graph.IsInitializer(name))
            {
                return values[0].alias();
            }

            return FixedBatch.RowSizes(values[0].shape, part) is { } rows
                ? cat([.. values.Select(value => value.reshape(rows))], 0).narrow(0, 0, count * (rows[0] / part))
                : stack(values, 0);
        }
    }

    /// <summary>Runs all nodes in order. Values are disposed after their last use.</summary>
    private Activations RunOnce(
        TorchWeights weights,
        IReadOnlyDictionary<string, Tensor> inputs,
        ExecutionMode mode,
        IReadOnlyCollection<string>? taps
    )
    {
        var values = new Tensor?[_slots.Count];
        var kept = new bool[_slots.Count];
        foreach (var name in taps is null ? _outputs : _outputs.Concat(taps))
        {
            kept[
                _slots.TryGetValue(name, out var slot) ? slot : throw new ArgumentException($"the graph has no value {name}", nameof(taps))
            ] = true;
        }

        foreach (var (slot, name) in _initializers)
        {
            values[slot] = weights[name];
        }

        foreach (var declared in Graph.Inputs)
        {
            values[_slots[declared.Name]] = Checked(declared, inputs, weights.Device);
        }

        using var scope = NewDisposeScope();
        foreach (var step in _steps)
        {
            step.Run(values, kept, mode);
        }

        return Keep(values, taps ?? []);
    }

    /// <summary>
    /// Moves outputs and taps out of the dispose scope. Inputs and weights are returned as aliases, so the caller may dispose them.
    /// </summary>
    private Activations Keep(Tensor?[] values, IEnumerable<string> taps)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var name in _outputs.Concat(taps))
        {
            if (!tensors.ContainsKey(name))
            {
                var value = values[_slots[name]]!;
                tensors.Add(name, (Graph.Producer(name) is null ? value.alias() : value).MoveToOuterDisposeScope());
            }
        }

        return new Activations(tensors, _outputs);
    }

    /// <summary>Returns the tensor of an input after verifying its type, shape and device.</summary>
    private static Tensor Checked(Value declared, IReadOnlyDictionary<string, Tensor> inputs, Device device)
    {
        if (!inputs.TryGetValue(declared.Name, out var tensor))
        {
            throw new ArgumentException($"the input {declared.Name} is missing", nameof(inputs));
        }

        var shape = declared.Type.Shape;
        var sizes = tensor.shape;
        var fits = sizes.Length == shape.Rank && Enumerable.Range(0, sizes.Length).All(i => !shape[i].IsKnown || shape[i].Size == sizes[i]);
        if (!fits || tensor.dtype != declared.Type.Element.ToScalarType())
        {
            var given = $"{tensor.dtype} {Shape.Of(sizes)}";
            throw new ArgumentException($"the input {declared.Name} is {declared.Type}, the tensor given is {given}", nameof(inputs));
        }

        return tensor.device_type == device.type
            ? tensor
            : throw new ArgumentException($"the input {declared.Name} is on {tensor.device}, the weights are on {device}", nameof(inputs));
    }

    /// <summary>Compiles all nodes and determines after which node each value is no longer needed.</summary>
    private Step[] Compile(Model model)
    {
        var lastUse = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Graph.Nodes.Length; i++)
        {
            foreach (var name in Graph.Nodes[i].Inputs.Concat(Graph.Nodes[i].Outputs))
            {
                lastUse[name] = i;
            }
        }

        return
        [
            .. Graph.Nodes.Select(
                (node, i) =>
                    new Step(
                        node,
                        OperatorExecutors.Compile(new NodeSource(node, model)),
                        [.. node.Inputs.Select(SlotOf)],
                        [.. node.Outputs.Select(SlotOf)],
                        [
                            .. node
                                .Inputs.Concat(node.Outputs)
                                .Distinct()
                                .Where(name => lastUse[name] == i && Graph.Producer(name) is not null)
                                .Select(SlotOf),
                        ]
                    )
            ),
        ];
    }

    private int SlotOf(string name) => name.Length == 0 ? -1 : _slots[name];

    /// <summary>A compiled node: its kernel, the slots of its inputs and outputs, and the slots that are released after it.</summary>
    private sealed record Step(Node Node, Kernel Kernel, int[] Inputs, int[] Outputs, int[] Released)
    {
        /// <summary>Computes the outputs of the node and disposes the values that are no longer needed.</summary>
        /// <param name="values">The values by slot.</param>
        /// <param name="kept">The slots of outputs and taps, which are never disposed.</param>
        /// <param name="mode">Whether batch norms and dropout behave as in training.</param>
        /// <exception cref="UnsuitableModelException">The node cannot be computed on its operands.</exception>
        public void Run(Tensor?[] values, bool[] kept, ExecutionMode mode)
        {
            var operands = new Operands(values, Inputs, mode == ExecutionMode.Train);
            try
            {
                var results = Kernel(operands);
                for (var i = 0; i < results.Length; i++)
                {
                    if (i < Outputs.Length && Outputs[i] >= 0)
                    {
                        values[Outputs[i]] = results[i];
                    }
                    else
                    {
                        results[i].Dispose();
                    }
                }
            }
            catch (Exception failure) when (failure is ExternalException or ArgumentException or IndexOutOfRangeException)
            {
                throw Failed(operands, failure);
            }

            foreach (var slot in Released)
            {
                if (!kept[slot])
                {
                    values[slot]?.Dispose();
                    values[slot] = null;
                }
            }
        }

        private UnsuitableModelException Failed(Operands operands, Exception failure)
        {
            var types = Node.Inputs.Select(
                (name, i) => operands.OrNull(i) is { } tensor ? $"{name}: {tensor.dtype} {Shape.Of(tensor.shape)}" : "none"
            );
            var reason = failure.Message.Split('\n')[0];
            return new UnsuitableModelException($"{Node} cannot be computed on ({string.Join(", ", types)}): {reason}", failure)
            {
                Node = Node.Name,
            };
        }
    }
}
