using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes Expand and Tile.</summary>
internal static class Repeating
{
    /// <summary>Expand: broadcasts x and the sizes of input 1 against each other. A size of 1 in input 1 keeps that of x.</summary>
    public static Kernel Expand(NodeSource source)
    {
        var sizes = source.Integers(1);
        return x =>
        {
            // Both shapes broadcast: a size of 1 keeps that of the input.
            var (given, wanted) = (x[0].shape, sizes.Read(x)!);
            var rank = Math.Max(given.Length, wanted.Length);
            using var view = x[0].expand([.. Enumerable.Range(1, rank).Reverse().Select(Size)]);
            return [view.contiguous()];

            long Size(int fromEnd) =>
                fromEnd > wanted.Length || wanted[^fromEnd] == 1
                    ? fromEnd > given.Length
                        ? 1
                        : given[^fromEnd]
                    : wanted[^fromEnd];
        };
    }

    /// <summary>Tile: repeats x along each axis as often as input 1 states.</summary>
    public static Kernel Tile(NodeSource source)
    {
        var repeats = source.Integers(1);
        return x => [x[0].repeat(repeats.Read(x)!)];
    }
}
