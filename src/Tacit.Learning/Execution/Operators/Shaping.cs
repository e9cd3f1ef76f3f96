using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Operators that change the shape alone: Reshape, Flatten, Squeeze, Unsqueeze, Transpose, DepthToSpace, SpaceToDepth, Identity.</summary>
internal static class Shaping
{
    public static Kernel Identity(NodeSource source) => x => [x[0].alias()];

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

    public static Kernel Transpose(NodeSource source)
    {
        var order = source.Attributes.Ints("perm");
        return x => [x[0].permute(order ?? [.. Enumerable.Range(0, (int)x[0].dim()).Reverse().Select(axis => (long)axis)])];
    }

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
