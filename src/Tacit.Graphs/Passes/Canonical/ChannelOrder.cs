using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>The two orders of axes that images and clips come in: channels first, N x C x H x W, and last, N x H x W x C.</summary>
internal static class ChannelOrder
{
    /// <summary>Whether tensors of so many dimensions are taken for images or clips.</summary>
    public static bool IsFor(int rank) => rank is 4 or 5;

    /// <summary>The axes, in channels-first order, that make the channels-last one.</summary>
    public static ImmutableArray<long> ToLast(int rank) => [0, .. Enumerable.Range(2, rank - 2), 1];

    /// <summary>The axes, in channels-last order, that make the channels-first one.</summary>
    public static ImmutableArray<long> ToFirst(int rank) => [0, rank - 1, .. Enumerable.Range(1, rank - 2)];

    /// <summary>Where an axis of the channels-last order is in the channels-first one.</summary>
    public static int First(int axis, int rank) =>
        axis == 0 ? 0
        : axis == rank - 1 ? 1
        : axis + 1;

    /// <summary>Whether a node turns channels-last into channels-first.</summary>
    public static bool IsToFirst(Node node) => Is(node, ToFirst);

    /// <summary>Whether a node turns channels-first into channels-last.</summary>
    public static bool IsToLast(Node node) => Is(node, ToLast);

    private static bool Is(Node node, Func<int, ImmutableArray<long>> order) =>
        node.Operator == "Transpose"
        && node.Attributes.Ints("perm") is { } perm
        && IsFor(perm.Length)
        && perm.Select(axis => axis < 0 ? axis + perm.Length : axis).SequenceEqual(order(perm.Length));
}
