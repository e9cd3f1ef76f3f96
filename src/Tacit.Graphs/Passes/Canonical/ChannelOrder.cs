using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Describes the two axis orders of images and clips: channels first, N x C x H x W, and channels last, N x H x W x C.</summary>
/// <remarks>Clips have a time axis before the height: N x C x T x H x W and N x T x H x W x C.</remarks>
internal static class ChannelOrder
{
    /// <summary>Returns whether tensors of a rank are treated as images (4) or clips (5).</summary>
    public static bool IsFor(int rank) => rank is 4 or 5;

    /// <summary>Returns the <c>perm</c> of a Transpose from channels first to channels last: (0, 2, 3, 1) for rank 4.</summary>
    public static ImmutableArray<long> ToLast(int rank) => [0, .. Enumerable.Range(2, rank - 2), 1];

    /// <summary>Returns the <c>perm</c> of a Transpose from channels last to channels first: (0, 3, 1, 2) for rank 4.</summary>
    public static ImmutableArray<long> ToFirst(int rank) => [0, rank - 1, .. Enumerable.Range(1, rank - 2)];

    /// <summary>Maps an axis of the channels-last order to its position in the channels-first order.</summary>
    /// <param name="axis">The axis, 0 to <paramref name="rank"/> - 1. Negative axes must be resolved first.</param>
    /// <param name="rank">The number of dimensions, 4 or 5.</param>
    /// <returns>For rank 4: 0 → 0, 1 → 2, 2 → 3, 3 → 1.</returns>
    public static int First(int axis, int rank) =>
        axis == 0 ? 0
        : axis == rank - 1 ? 1
        : axis + 1;

    /// <summary>Returns whether a node is a Transpose from channels last to channels first.</summary>
    public static bool IsToFirst(Node node) => Is(node, ToFirst);

    /// <summary>Returns whether a node is a Transpose from channels first to channels last.</summary>
    public static bool IsToLast(Node node) => Is(node, ToLast);

    private static bool Is(Node node, Func<int, ImmutableArray<long>> order) =>
        node.Operator == "Transpose"
        && node.Attributes.Ints("perm") is { } perm
        && IsFor(perm.Length)
        && perm.Select(axis => axis < 0 ? axis + perm.Length : axis).SequenceEqual(order(perm.Length));
}
