using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Upsample, until opset 9, is a Resize; its scales are an input.</summary>
internal sealed class Upsample() : Upgrade("Upsample")
{
    public override Node Apply(Node node, GraphDraft draft) =>
        node.InputOrNull(1) is { } scales
            ? node with
            {
                Operator = "Resize",
                Inputs = [Data(node, draft), "", scales],
                Attributes = Asymmetric(node.Attributes, "floor"),
            }
            : throw draft.Source.Invalid($"{node} lacks its scales");

    /// <summary>The attributes of a Resize that takes place x of the result at place x / scale.</summary>
    public static Attributes Asymmetric(Attributes attributes, string nearest)
    {
        // Opset 9 writes linear in two ways.
        var mode = attributes.Text("mode", "nearest") is "bilinear" ? "linear" : attributes.Text("mode", "nearest");
        return attributes.With("mode", mode).With("coordinate_transformation_mode", "asymmetric").With("nearest_mode", nearest);
    }
}

/// <summary>In opset 10 a resize has scales alone; the nearest place is rounded down where it enlarges, and up where it makes smaller.</summary>
internal sealed class ResizeOfOpset10() : Upgrade("Resize", to: 10)
{
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
                ? throw draft.Source.Unsupported(
                    node,
                    "scales that are not constants, or that both enlarge and make smaller, are not supported"
                )
            : "floor";
        return node with { Inputs = [Data(node, draft), "", scales], Attributes = Upsample.Asymmetric(node.Attributes, nearest) };
    }
}

/// <summary>An empty tensor as an input of a resize says the same as none, and the region matters to one mode alone.</summary>
internal sealed class ResizeInputs() : Upgrade("Resize", from: 11)
{
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

/// <summary>From opset 18 on a resize may name its axes; those before the first stay as they are.</summary>
internal sealed class ResizeAxes() : Upgrade("Resize", from: 18)
{
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

/// <summary>Leaves out what says nothing to nearest and linear resizing, and refuses what the dialect has not.</summary>
internal sealed class ResizeAttributes() : Upgrade("Resize", from: 11)
{
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
