using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Rewrites Upsample (up to opset 9) as Resize with asymmetric coordinates.</summary>
internal sealed class Upsample() : Upgrade("Upsample")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.InputOrNull(1) is { } scales
            ? node with
            {
                Operator = "Resize",
                Inputs = [Data(node, draft), "", scales],
                Attributes = Asymmetric(node.Attributes, "floor"),
            }
            : throw draft.Source.Invalid($"{node} lacks its scales");

    /// <summary>Returns the attributes of a Resize that maps the output position x to the input position x / scale.</summary>
    /// <param name="attributes">The attributes of the original node.</param>
    /// <param name="nearest">The <c>nearest_mode</c>, "floor" or "ceil".</param>
    public static Attributes Asymmetric(Attributes attributes, string nearest)
    {
        // Opset 9 writes linear in two ways.
        var mode = attributes.Text("mode", "nearest") is "bilinear" ? "linear" : attributes.Text("mode", "nearest");
        return attributes.With("mode", mode).With("coordinate_transformation_mode", "asymmetric").With("nearest_mode", nearest);
    }
}

/// <summary>Rewrites Resize of opset 10, which has only scales.</summary>
/// <remarks>
/// The nearest position is rounded down when the operator enlarges and up when it shrinks. In nearest mode, scales must be constants that
/// do one or the other.
/// </remarks>
internal sealed class ResizeOfOpset10() : Upgrade("Resize", to: 10)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        if (node.InputOrNull(1) is not { } scales)
        {
            throw draft.Source.Invalid($"{node} lacks its scales");
        }

        var known = draft.Known(scales) is { Element: ElementType.Float32 } data ? data.As<float>().ToArray() : null;
        var nearest =
            known is not null && known.All(scale => scale >= 1) ? "floor"
            : known is not null && known.All(scale => scale <= 1) ? "ceil"
            : node.Attributes.Text("mode", "nearest") == "nearest"
                ? throw draft.Source.Unsupported(node, "scales that are not constants, or that both enlarge and shrink, are not supported")
            : "floor";
        return node with { Inputs = [Data(node, draft), "", scales], Attributes = Upsample.Asymmetric(node.Attributes, nearest) };
    }
}

/// <summary>Removes inputs of Resize without effect: empty tensors, and the region in every mode other than tf_crop_and_resize.</summary>
internal sealed class ResizeInputs() : Upgrade("Resize", from: 11)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var crops = node.Attributes.Text("coordinate_transformation_mode") == "tf_crop_and_resize";
        string[] inputs =
        [
            .. node.Inputs.Select((input, index) => (index == 1 && !crops) || draft.Known(input) is { Count: 0 } ? "" : input),
        ];
        return node with { Inputs = [.. inputs.Take(Array.FindLastIndex(inputs, input => input.Length > 0) + 1)] };
    }
}

/// <summary>
/// Expands the scales or sizes of selected axes (from opset 18) to all axes. The axes must be consecutive and end with the last one.
/// </summary>
internal sealed class ResizeAxes() : Upgrade("Resize", from: 18)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var form = node with { Attributes = node.Attributes.Without("axes") };
        if (node.Attributes.Ints("axes") is not { } axes)
        {
            return form;
        }

        var first = axes.Length > 0 ? axes[0] : 0;
        var rank = draft.ShapeOf(Data(node, draft))?.Rank ?? draft.ShapeOf(node.Output)?.Rank;
        first = first < 0 && rank is { } known ? first + known : first;
        if (
            first < 0
            || axes.Where((axis, i) => axis != axes[0] + i).Any()
            || (rank is { } whole && first + axes.Length != whole)
            || node.InputOrNull(1) is not null
        )
        {
            throw draft.Source.Unsupported(
                node,
                $"the axes {string.Join(", ", axes)} are not supported; those that are run to the last in order"
            );
        }

        if (node.InputOrNull(3) is { } sizes)
        {
            var front = Before(node, draft, "Shape", "front", [node.Inputs[0]], Attributes.None.With("start", 0).With("end", first));
            return form with
            {
                Inputs =
                [
                    node.Inputs[0],
                    "",
                    "",
                    Before(node, draft, "Concat", "all_sizes", [front, sizes], Attributes.None.With("axis", 0)),
                ],
            };
        }

        if (draft.Known(node.InputOrNull(2)) is not { Element: ElementType.Float32 } scales)
        {
            throw draft.Source.Unsupported(node, "axes are supported only with sizes, or with scales that are constants");
        }

        float[] all = [.. Enumerable.Repeat(1f, (int)first), .. scales.As<float>()];
        return form with { Inputs = [node.Inputs[0], "", draft.Constant($"{node.Output}_scales", TensorData.Of<float>(all, all.Length))] };
    }
}

/// <summary>Removes attributes without effect on nearest and linear resizing, and refuses unsupported modes.</summary>
internal sealed class ResizeAttributes() : Upgrade("Resize", from: 11)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var attributes = node.Attributes;
        string? unsupported =
            attributes.Text("mode", "nearest") is var mode and not ("nearest" or "linear") ? $"mode {mode}"
            : attributes.Int("antialias") != 0 ? "antialias"
            : attributes.Text("keep_aspect_ratio_policy", "stretch") is var policy and not "stretch" ? $"keep_aspect_ratio_policy {policy}"
            : attributes.Text("coordinate_transformation_mode") is var place and ("half_pixel_symmetric" or "tf_half_pixel_for_nn")
                ? $"coordinate_transformation_mode {place}"
            : null;
        return unsupported is null
            ? node with
            {
                Attributes = attributes
                    .Without("antialias")
                    .Without("keep_aspect_ratio_policy")
                    .Without("cubic_coeff_a")
                    .Without("exclude_outside"),
            }
            : throw draft.Source.Unsupported(node, $"the {unsupported} is not supported; resizing is nearest or linear, without antialias");
    }
}
