using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Rewrites Gelu, an operator since opset 20, as its formula in operators of opset 17.</summary>
/// <remarks>
/// <para>
/// The exact form is 0.5 · x · (1 + erf(x / √2)). With <c>approximate</c> = "tanh" it is 0.5 · x · (1 + tanh(√(2 / π) · (x + 0.044715 ·
/// x³))). Other values of <c>approximate</c> are rejected.
/// </para>
/// <para>
/// Exporters of older opsets write GELU in the same form.
/// </para>
/// </remarks>
internal sealed class GeluAsErf() : Upgrade("Gelu")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var curve = node.Attributes.Text("approximate", "none") switch
        {
            "none" => Before(node, draft, "Erf", "erf", [Scaled(x, "x", MathF.Sqrt(0.5f))]),
            "tanh" => Before(node, draft, "Tanh", "tanh", [Scaled(Cubic(), "cubic", MathF.Sqrt(2 / MathF.PI))]),
            var other => throw draft.Source.Unsupported(node, $"the approximation {other} is not known"),
        };
        var one = draft.Constant($"{node.Output}_one", TensorData.Scalar(1f));
        var gate = Scaled(Before(node, draft, "Add", "raised", [curve, one]), "gate", 0.5f);
        return node with { Operator = "Mul", Inputs = [x, gate], Attributes = Attributes.None };

        // x + 0.044715 x³
        string Cubic()
        {
            var square = Before(node, draft, "Mul", "square", [x, x]);
            var cube = Before(node, draft, "Mul", "cube", [square, x]);
            return Before(node, draft, "Add", "sum", [x, Scaled(cube, "cube", 0.044715f)]);
        }

        string Scaled(string value, string name, float factor) =>
            Before(
                node,
                draft,
                "Mul",
                $"{name}_scaled",
                [value, draft.Constant($"{node.Output}_{name}_factor", TensorData.Scalar(factor))]
            );
    }
}

/// <summary>Rewrites Mish, an operator since opset 18, as x · tanh(softplus(x)), its definition in ONNX.</summary>
internal sealed class MishAsSoftplus() : Upgrade("Mish")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var soft = Before(node, draft, "Softplus", "softplus", [x]);
        return node with { Operator = "Mul", Inputs = [x, Before(node, draft, "Tanh", "tanh", [soft])] };
    }
}

/// <summary>Rewrites HardSwish, an operator since opset 14, as x · HardSigmoid(x) with alpha = 1/6 and beta = 0.5.</summary>
/// <remarks>This is its definition in ONNX. Runtimes have integer kernels for this form.</remarks>
internal sealed class HardSwishAsHardSigmoid() : Upgrade("HardSwish")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var gate = Before(node, draft, "HardSigmoid", "gate", [x], Attributes.None.With("alpha", 1f / 6).With("beta", 0.5f));
        return node with { Operator = "Mul", Inputs = [x, gate] };
    }
}
