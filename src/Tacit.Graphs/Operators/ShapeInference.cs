namespace Tacit.Graphs.Operators;

/// <summary>Finds the type of every value of a network.</summary>
/// <remarks>
/// Symbolic sizes pass through; arithmetic on them gives derived symbols, such as "2*N". Small integer tensors are followed element by
/// element, so that the sizes which exporters compute from Shape are found.
/// </remarks>
/// <example><code>
/// var types = ShapeInference.Infer(model);                                       // logits: Float32 N x 10
/// types = ShapeInference.Infer(model, new Dictionary&lt;string, Shape&gt; { ["input"] = Shape.Of(1, 3, 32, 32) });
/// </code></example>
public static class ShapeInference
{
    /// <summary>The types of all values: inputs, initializers and outputs of nodes, by name.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes of inputs that take the place of the declared ones, by name.</param>
    /// <exception cref="UnsuitableModelException">
    /// Shapes do not fit, a size cannot be determined, or a given shape contradicts the declared one.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public static IReadOnlyDictionary<string, TensorType> Infer(Model model, IReadOnlyDictionary<string, Shape>? inputs = null) =>
        InferredGraph.Of(model, inputs).Types;
}
