using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes operators that only change the shape or the order of elements.</summary>
/// <remarks>Reshapes and transposes return views of x where libtorch can, without copying.</remarks>
internal static class Shaping
{
    /// <summary>Identity: an alias of x.</summary>
    public static Kernel Identity(NodeSource source) => x => [x[0].alias()];

    /// <summary>Reshape: x with the sizes of input 1. One size can be -1, which is computed from the others.</summary>
    /// <remarks>A size of 0 copies that of x, unless <c>allowzero</c> is 1.</remarks>
    public static Kernel Reshape(NodeSource source)
    {
        var sizes = source.Integers(1);
        var copiesZeros = source.Attributes.Int("allowzero") == 0;
        return x =>
        {
            var wanted = sizes.Read(x)!;
            if (copiesZeros && wanted.Contains(0))
            {
                wanted = [.. wanted.Select((size, i) => size == 0 ? x[0].shape[i] : size)];
            }

            return [x[0].reshape(wanted)];
        };
    }

    /// <summary>
    /// Flatten: a matrix whose rows combine the axes before <c>axis</c> (default 1). (N, C, H, W) becomes (N, C · H · W).
    /// </summary>
    public static Kernel Flatten(NodeSource source)
    {
        var axis = source.Attributes.Int("axis", 1);
        return x =>
        {
            var sizes = x[0].shape;
            var split = (int)Axes.From(axis, sizes.Length);
            return [x[0].reshape(Product(sizes.AsSpan(0, split)), Product(sizes.AsSpan(split)))];
        };
    }

    /// <summary>Squeeze: removes the axes of input 1, or all axes of size 1 without it.</summary>
    public static Kernel Squeeze(NodeSource source)
    {
        var axes = source.Integers(1);
        return x =>
        {
            var sizes = x[0].shape;
            var removed = axes.Read(x) is { } given ? Axes.From(given, sizes.Length) : null;
            return [x[0].reshape([.. sizes.Where((size, i) => removed is null ? size != 1 : !removed.Contains(i))])];
        };
    }

    /// <summary>Unsqueeze: inserts axes of size 1. The axes of input 1 refer to the result.</summary>
    public static Kernel Unsqueeze(NodeSource source)
    {
        var axes = source.Integers(1);
        return x =>
        {
            var sizes = x[0].shape;
            var given = axes.Read(x)!;
            var rank = sizes.Length + given.Length;
            var inserted = Axes.From(given, rank);
            var old = 0;
            return [x[0].reshape([.. Enumerable.Range(0, rank).Select(i => inserted.Contains(i) ? 1 : sizes[old++])])];
        };
    }

    /// <summary>Transpose: reorders the axes by <c>perm</c>. Default: reversed.</summary>
    public static Kernel Transpose(NodeSource source)
    {
        var order = source.Attributes.Ints("perm");
        return x => [x[0].permute(order ?? [.. Enumerable.Range(0, (int)x[0].dim()).Reverse().Select(axis => (long)axis)])];
    }

    /// <summary>DepthToSpace: (N, C · b², H, W) → (N, C, H · b, W · b) with b = <c>blocksize</c>.</summary>
    /// <remarks>The channels are split as (b, b, C) in mode "DCR", the default, and as (C, b, b) in mode "CRD" (pixel shuffle).</remarks>
    public static Kernel DepthToSpace(NodeSource source)
    {
        var block = source.Attributes.Int("blocksize");
        var depthFirst = source.Attributes.Text("mode", "DCR") == "DCR";
        return x =>
        {
            var (n, c, h, w) = (x[0].shape[0], x[0].shape[1] / (block * block), x[0].shape[2], x[0].shape[3]);
            using var blocks = depthFirst ? x[0].reshape(n, block, block, c, h, w) : x[0].reshape(n, c, block, block, h, w);
            using var pixels = depthFirst ? blocks.permute(0, 3, 4, 1, 5, 2) : blocks.permute(0, 1, 4, 2, 5, 3);
            return [pixels.reshape(n, c, h * block, w * block)];
        };
    }

    /// <summary>
    /// SpaceToDepth: (N, C, H · b, W · b) → (N, C · b², H, W) with b = <c>blocksize</c>. Reverses DepthToSpace in mode "DCR".
    /// </summary>
    public static Kernel SpaceToDepth(NodeSource source)
    {
        var block = source.Attributes.Int("blocksize");
        return x =>
        {
            var (n, c, h, w) = (x[0].shape[0], x[0].shape[1], x[0].shape[2] / block, x[0].shape[3] / block);
            using var blocks = x[0].reshape(n, c, h, block, w, block);
            using var depth = blocks.permute(0, 3, 5, 1, 2, 4);
            return [depth.reshape(n, c * block * block, h, w)];
        };
    }

    private static long Product(ReadOnlySpan<long> sizes)
    {
        var product = 1L;
        foreach (var size in sizes)
        {
            product *= size;
        }

        return product;
    }
}
