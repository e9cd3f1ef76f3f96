namespace Tacit.Graphs.Operators;

/// <summary>Infers the type of every value of a network.</summary>
/// <remarks>
/// Symbolic sizes are propagated; arithmetic on them gives derived symbols such as "2*N". Small integer tensors are followed element by
/// element, so the sizes that exporters compute with Shape, Gather and Concat are found.
/// </remarks>
/// <example>
/// <code>
/// var types = ShapeInference.Infer(model);
/// Console.WriteLine(types["logits"]);   // Float32 N x 10
///
/// types = ShapeInference.Infer(model, new Dictionary&lt;string, Shape&gt; { ["input"] = Shape.Of(1, 3, 32, 32) });
/// Console.WriteLine(types["logits"]);   // Float32 1 x 10
/// </code>
/// </example>
public static class ShapeInference
{
    /// <summary>Infers the types of all inputs, initializers and node outputs.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes that replace the declared shapes of the inputs, by name. Null keeps the declared shapes.</param>
    /// <returns>The types by value name.</returns>
    /// <exception cref="UnsuitableModelException">
    /// Shapes do not fit, a size cannot be determined, or a given shape contradicts the declared one.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public static IReadOnlyDictionary<string, TensorType> Infer(Model model, IReadOnlyDictionary<string, Shape>? inputs = null) =>
        InferredGraph.Of(model, inputs).Types;
}
