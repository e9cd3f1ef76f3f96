using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

/// <summary>Networks of one node.</summary>
internal static class SingleNode
{
    /// <summary>Creates a node that reads the input `x` and constants and computes `y`.</summary>
    public static Model Network(string @operator, Shape x, Attributes? attributes = null, params ReadOnlySpan<TensorData?> constants)
    {
        var builder = new GraphBuilder("single");
        var inputs = new List<string> { builder.Input("x", x) };
        foreach (var constant in constants)
        {
            inputs.Add(constant is null ? "" : builder.Initializer("c", constant, WeightRole.Constant));
        }

        builder.Output(builder.Add(@operator, [.. inputs], attributes, "y"), x);
        return Typed(builder.Build());
    }

    /// <summary>Returns the network with inferred types of its outputs; unchanged if they cannot be inferred.</summary>
    public static Model Typed(Model model)
    {
        try
        {
            var types = ShapeInference.Infer(model);
            var graph = model.Graph;
            var outputs = graph.Outputs.Select(output => output with { Type = types[output.Name] });
            return new Model(new Graph(graph.Name, graph.Inputs, graph.Initializers.Values, graph.Nodes, outputs), model.Weights);
        }
        catch (ContentException)
        {
            return model;
        }
    }

    public static Shape Infer(string @operator, Shape x, Attributes? attributes = null, params ReadOnlySpan<TensorData?> constants) =>
        ShapeInference.Infer(Network(@operator, x, attributes, constants))["y"].Shape;

    public static TensorData Integers(params ReadOnlySpan<long> values) => TensorData.Of(values, values.Length);

    public static TensorData Floats(params ReadOnlySpan<long> sizes) =>
        TensorData.Of<float>(new float[Shape.Of(sizes).ElementCount], sizes);
}
