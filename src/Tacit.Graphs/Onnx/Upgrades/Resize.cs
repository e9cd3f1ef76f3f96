using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the scales of Upsample from attributes (up to opset 8) to input 1 (since opset 9).</summary>
/// <remarks>The attribute is <c>scales</c>; in opsets up to 6 there are <c>height_scale</c> and <c>width_scale</c> of images instead.</remarks>
internal sealed class UpsampleAttributes() : Upgrade("Upsample", to: 8)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var scales =
            node.Attributes.Floats("scales")
            ?? (
                node.Attributes.Has("height_scale") && node.Attributes.Has("width_scale")
                    ? [1, 1, node.Attributes.Float("height_scale"), node.Attributes.Float("width_scale")]
                    : throw draft.Source.Invalid($"{node} lacks its scales")
            );
        return node with
        {
            Inputs = [Data(node, draft), draft.Constant($"{node.Output}_scales", TensorData.Of<float>(scales, scales.Length))],
            Attributes = node.Attributes.Without("scales").Without("height_scale").Without("width_scale"),
        };
    }
}

/// <summary>Rewrites Upsample (up to opset 9, then replaced by Resize) as Resize with asymmetric coordinates.</summary>
/// <remarks>
/// Position x of the output reads position x / scale of the input, rounded down in nearest mode.
/// </remarks>
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
        // Opset 9 has two names for linear.
        var mode = attributes.Text("mode", "nearest") is "bilinear" ? "linear" : attributes.Text("mode", "nearest");
        return attributes.With("mode", mode).With("coordinate_transformation_mode", "asymmetric").With("nearest_mode", nearest);
    }
}

/// <summary>Rewrites Resize of opset 10, which has only the inputs x and scales and one attribute, <c>mode</c>.</summary>
/// <remarks>
/// Opset 10 does not specify the rounding in nearest mode. Like ONNX Runtime, it is down for enlarging and up for shrinking. In nearest
/// mode, scales must therefore be constants that are all at least 1 or all at most 1.
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

/// <summary>Removes inputs of Resize without effect: empty tensors, and the region in modes other than "tf_crop_and_resize".</summary>
/// <remarks>In opsets 11 and 12, exporters write an empty tensor for an input that is not used. Since opset 13 it can be omitted.</remarks>
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

/// <summary>Expands the scales or sizes of selected axes (<c>axes</c>, since opset 18) to all axes.</summary>
/// <remarks>
/// Other axes get the scale 1, or the size that the input has when the network runs. The axes must be consecutive and end with the last
/// one, which is usual for images. Scales must be constants; a region is rejected.
/// </remarks>
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

/// <summary>Removes attributes of Resize without effect on its mode, and rejects forms without an execution.</summary>
/// <remarks>
/// Rejected are <c>antialias</c> and a <c>keep_aspect_ratio_policy</c> other than "stretch" (both since opset 18), and the coordinates
/// "half_pixel_symmetric" (since opset 19). <c>cubic_coeff_a</c> and <c>exclude_outside</c> concern only cubic mode.
/// </remarks>
internal sealed class ResizeAttributes() : Upgrade("Resize", from: 11)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var attributes = node.Attributes.Without("antialias").Without("keep_aspect_ratio_policy");
        string? unsupported =
            node.Attributes.Int("antialias") != 0 ? "antialias"
            : node.Attributes.Text("keep_aspect_ratio_policy", "stretch") is var policy and not "stretch"
                ? $"keep_aspect_ratio_policy {policy}"
            : attributes.Text("coordinate_transformation_mode") is var place and "half_pixel_symmetric"
                ? $"coordinate_transformation_mode {place}"
            : null;
        return unsupported is not null ? throw draft.Source.Unsupported(node, $"the {unsupported} is not supported")
            : attributes.Text("mode", "nearest") == "cubic" ? node with { Attributes = attributes }
            : node with { Attributes = attributes.Without("cubic_coeff_a").Without("exclude_outside") };
    }
}
