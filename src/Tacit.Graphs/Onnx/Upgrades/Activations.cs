using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Opset 20 has Gelu as one operator; in the dialect it is its formula, by Erf or approximated by Tanh.</summary>
internal sealed class GeluAsErf() : Upgrade("Gelu")
{
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

/// <summary>Opset 18 has Mish as one operator; in the dialect it is x · tanh(softplus(x)).</summary>
internal sealed class MishAsSoftplus() : Upgrade("Mish")
{
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var soft = Before(node, draft, "Softplus", "softplus", [x]);
        return node with { Operator = "Mul", Inputs = [x, Before(node, draft, "Tanh", "tanh", [soft])] };
    }
}

/// <summary>Opset 14 has HardSwish as one operator; in the dialect it is x · hard sigmoid(x), which integer kernels compute.</summary>
internal sealed class HardSwishAsHardSigmoid() : Upgrade("HardSwish")
{
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var gate = Before(node, draft, "HardSigmoid", "gate", [x], Attributes.None.With("alpha", 1f / 6).With("beta", 0.5f));
        return node with { Operator = "Mul", Inputs = [x, gate] };
    }
}
