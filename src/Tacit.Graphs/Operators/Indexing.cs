namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for GatherElements: for each index (input 1), the element of x at that index along <c>axis</c> (default 0).</summary>
/// <remarks>The result has the shape of the indices, which have as many axes as x.</remarks>
internal sealed class GatherElements() : OperatorSchema("GatherElements", 2, 2)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var rank = call.Shape(0).Rank;
        call.Axis(call.Attributes.Int("axis"), rank);
        return [call.Type(0) with { Shape = call.OfRank(1, rank, "indices") }];
    }

    // Without the first axis among the gathered ones, sample i of the indices selects from sample i of x.
    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.Axis(call.Attributes.Int("axis"), call.Shape(0).Rank) > 0 && carries[0] == carries[1];
}

/// <summary>Shape inference for GatherND: data and indices (..., d), whose last axis holds d indices into the first axes of the data.</summary>
/// <remarks>
/// The first <c>batch_dims</c> (default 0) axes are common to both. The result has the shape of the indices without the last axis, followed
/// by the remaining axes of the data.
/// </remarks>
internal sealed class GatherND() : OperatorSchema("GatherND", 2, 2)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var (data, indices) = (call.Shape(0), call.Shape(1));
        var batch = call.Attributes.Int("batch_dims");
        var depth = IndexDepth(call, indices);
        return batch >= 0 && batch < indices.Rank && batch + depth <= data.Rank
            ? [call.Type(0) with { Shape = new Shape([.. indices.SkipLast(1), .. data.Skip((int)(batch + depth))]) }]
            : throw call.Error($"{depth} indices after {batch} batch axes do not fit {data} and {indices}");
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        carries[0] ? carries[1] && call.Attributes.Int("batch_dims") > 0 : carries[1];

    /// <summary>Returns the size of the last axis of the indices.</summary>
    /// <exception cref="UnsuitableModelException">The indices are a scalar, or the size is symbolic.</exception>
    public static long IndexDepth(OperatorCall call, Shape indices) =>
        indices.Rank < 1 ? throw call.Error("the indices must not be a scalar")
        : indices[indices.Rank - 1] is { IsKnown: true } depth ? depth.Size
        : throw call.Undetermined("the number of indices (the last axis of input 1)");
}

/// <summary>Shape inference for ScatterElements and ScatterND: data, indices, updates. The result has the type and shape of the data.</summary>
/// <remarks>
/// ScatterElements replaces the elements at the indices along <c>axis</c> (default 0). ScatterND replaces the parts at the indices in the
/// last axis. With <c>reduction</c> = "add", the updates are added.
/// </remarks>
/// <param name="name">The ONNX operator name.</param>
internal sealed class Scatter(string name) : OperatorSchema(name, 3, 3)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 2);
        var (data, indices, updates) = (call.Shape(0), call.Shape(1), call.Shape(2));
        if (call.Attributes.Text("reduction", "none") is var reduction and not ("none" or "add"))
        {
            throw call.Error($"the reduction {reduction} is not supported; supported are none and add");
        }

        if (Name == "ScatterElements")
        {
            call.Axis(call.Attributes.Int("axis"), data.Rank);
            SameShape(call.OfRank(1, data.Rank, "indices"));
        }
        else
        {
            var depth = GatherND.IndexDepth(call, indices);
            SameShape(
                depth <= data.Rank
                    ? new Shape([.. indices.SkipLast(1), .. data.Skip((int)depth)])
                    : throw call.Error($"{depth} indices do not fit {data}")
            );
        }

        return [call.Type(0)];

        void SameShape(Shape wanted)
        {
            foreach (var (one, other) in wanted.Zip(call.OfRank(2, wanted.Rank, "updates")))
            {
                call.Same(one, other, "the sizes of indices and updates");
            }
        }
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        Name == "ScatterElements" && carries.All(carried => carried) && call.Axis(call.Attributes.Int("axis"), call.Shape(0).Rank) > 0;
}
