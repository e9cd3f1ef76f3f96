using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Inference.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution;

/// <summary>Finds the values of a network by which a quantised copy is compared with it, and what they mean.</summary>
internal static class ComparedValues
{
    private static readonly HashSet<string> Decisions = ["Softmax", "LogSoftmax", "Hardmax", "ArgMax", "TopK"];
    private static readonly HashSet<string> Moves =
    [
        "Identity",
        "Cast",
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Transpose",
        "Dropout",
    ];
    private static readonly HashSet<string> Heads = ["Gemm", "MatMul", "Conv", "GlobalAveragePool", "AveragePool", "ReduceMean"];

    /// <summary>Returns the meaning of the outputs of a network.</summary>
    /// <remarks>
    /// The metadata of the file decide if they state it (<see cref="NetworkContract.Task"/>). Otherwise, the outputs are classes if all come
    /// from one vector of at least two numbers for each sample, which a layer or a pooling computes. Angles, key points and embeddings
    /// usually come from further arithmetic.
    /// </remarks>
    /// <param name="model">The network.</param>
    public static NetworkTask TaskOf(Model model)
    {
        var (contract, graph) = (NetworkContract.Of(model), model.Graph);
        if (contract.Metadata.Classes is not null || contract.Task == NetworkTask.Features)
        {
            return contract.Task;
        }

        var logits = graph.Outputs.Select(output => Logits(graph, output.Name)).Distinct().ToList();
        return logits is [var vector] && IsHead(graph, vector) && Classes(model, contract.Batch) >= 2
            ? NetworkTask.Classes
            : NetworkTask.Maps;
    }

    /// <summary>Returns the values to compare.</summary>
    /// <remarks>
    /// They are the logits for classes, the first output for features, and otherwise all outputs that are Float32 tensors of fixed sizes. An
    /// output of another kind, such as the indices of selected boxes, is replaced by the nearest such values from which it is computed.
    /// </remarks>
    /// <param name="model">The network.</param>
    /// <param name="task">The meaning of its outputs.</param>
    /// <exception cref="UnsuitableModelException">The network has no such values.</exception>
    public static ImmutableArray<string> Of(Model model, NetworkTask task)
    {
        var graph = model.Graph;
        if (task != NetworkTask.Maps)
        {
            return [task == NetworkTask.Classes ? Logits(graph, graph.Outputs[0].Name) : graph.Outputs[0].Name];
        }

        var types = ShapeInference.Infer(model);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var output in graph.Outputs)
        {
            Find(output.Name);
        }

        return found.Count > 0
            ? found.ToImmutable()
            : throw new UnsuitableModelException(
                $"no output of the network depends on Float32 values of fixed sizes ({string.Join(", ", graph.Outputs.Select(output => $"{output.Name}: {types[output.Name]}"))})"
            );

        void Find(string value)
        {
            // The input is the same for both networks.
            if (value.Length == 0 || graph.Producer(value) is not { } producer || !seen.Add(value))
            {
                return;
            }

            if (types[value] is { Element: ElementType.Float32, Shape: var shape } && shape.Skip(1).All(size => size.IsKnown))
            {
                found.Add(value);
            }
            else
            {
                foreach (var operand in producer.Operator is "Shape" or "Size" ? [] : producer.Inputs)
                {
                    Find(operand);
                }
            }
        }
    }

    /// <summary>Checks that the sizes of all outputs depend on the batch size alone.</summary>
    /// <remarks>Networks that select boxes give as many as they find, so that two of them cannot be compared number by number.</remarks>
    /// <param name="model">The network.</param>
    /// <exception cref="UnsuitableModelException">The sizes of an output depend on the samples.</exception>
    public static void CheckSizes(Model model)
    {
        var types = ShapeInference.Infer(model);
        var batch = model.Graph.Inputs[0].Type.Shape[0].Symbol;
        foreach (var output in model.Graph.Outputs)
        {
            var shape = types[output.Name].Shape;
            var isFixed =
                shape.Skip(1).All(size => size.IsKnown)
                && (
                    shape.Rank == 0 || shape[0].IsKnown || (batch is not null && shape[0].Symbol!.Contains(batch, StringComparison.Ordinal))
                );
            if (!isFixed)
            {
                throw new UnsuitableModelException(
                    $"the output {output.Name} is {shape}, whose size depends on the samples; export the network without the selection of boxes at its end"
                );
            }
        }
    }

    /// <summary>Returns the number of classes or features of the first output: the length of the vectors of a sample.</summary>
    /// <param name="model">The network.</param>
    /// <param name="task">Classes or features.</param>
    /// <exception cref="UnsuitableModelException">The values have another form.</exception>
    public static int Columns(Model model, NetworkTask task)
    {
        var output = model.Graph.Outputs[0];
        return Classes(model, NetworkContract.Of(model).Batch, Of(model, task)[0]) is { } length
            ? length
            : throw new UnsuitableModelException(
                $"the output {output.Name} is {ShapeInference.Infer(model)[output.Name].Shape}; a classifier's N x classes and an encoder's N x features are supported, and {nameof(NetworkTask)}.{nameof(NetworkTask.Maps)} for all others"
            );
    }

    /// <summary>Returns vectors as rows, (N, D), also those of a head N x D x 1 x 1 or of a network fixed to one sample without a batch axis.</summary>
    public static Tensor Rows(Tensor vectors) => vectors.dim() == 1 ? vectors.unsqueeze(0) : vectors.flatten(1);

    /// <summary>Computes vectors of any number of samples, a few at a time and without gradients.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="value">The name of the value.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <returns>The vectors, (N, D).</returns>
    public static Tensor Evaluate(GraphModule network, TorchWeights weights, string value, TensorData samples)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var parts = EvaluationBatches
            .Of(samples)
            .Select(batch =>
            {
                using var input = batch.ToTensor(weights.Device);
                using var activations = network.Run(weights, input, taps: [value]);
                return Rows(activations[value]).alias();
            });
        return cat([.. parts], 0).MoveToOuterDisposeScope();
    }

    // What a softmax or a choice of the best class at the end is given.
    private static string Logits(Graph graph, string output)
    {
        var (logits, value) = (output, output);
        while (graph.Producer(value) is { } producer && (Moves.Contains(producer.Operator) || Decisions.Contains(producer.Operator)))
        {
            value = producer.Inputs[0];
            if (Decisions.Contains(producer.Operator))
            {
                logits = value;
            }
        }

        return logits;
    }

    private static bool IsHead(Graph graph, string value)
    {
        while (graph.Producer(value) is { } moved && Moves.Contains(moved.Operator))
        {
            value = moved.Inputs[0];
        }

        return graph.Producer(value) is { } producer
            && (Heads.Contains(producer.Operator) || (producer.Operator == "Add" && producer.Inputs.Any(graph.IsInitializer)));
    }

    private static int? Classes(Model model, int? batch, string? value = null)
    {
        value ??= Logits(model.Graph, model.Graph.Outputs[0].Name);
        return NetworkOutput.Of(new Value(value, ShapeInference.Infer(model)[value]), batch) is VectorOutput { Length: { } length }
            ? length
            : null;
    }
}
