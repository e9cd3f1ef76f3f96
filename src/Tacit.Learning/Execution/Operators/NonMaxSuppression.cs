using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Execution.Operators;

/// <summary>Executes NonMaxSuppression, which drops boxes that overlap with boxes of a higher score.</summary>
internal static class NonMaxSuppression
{
    /// <summary>NonMaxSuppression: boxes (N, M, 4) and scores (N, classes, M) → the selected (batch, class, box) as Int64 (count, 3).</summary>
    /// <remarks>
    /// <para>
    /// Inputs 2 to 4 are the largest number of boxes of each class (default 0), the IoU above which a box is dropped (default 0), and the
    /// score that a box must exceed (default: none). Within a class, boxes are taken by falling score.
    /// </para>
    /// <para>
    /// A box holds two opposite corners (y, x, y, x), or centre and size (x, y, width, height) if <c>center_point_box</c> is 1. The
    /// computation is on the CPU.
    /// </para>
    /// </remarks>
    public static Kernel Compile(NodeSource source)
    {
        var centred = source.Attributes.Int("center_point_box") != 0;
        var (most, overlap, least) = (source.Integers(2), source.Reals(3), source.Reals(4));
        return x =>
        {
            var count = most.Read(x) is [var stated, ..] ? stated : 0;
            var largest = overlap.Read(x) is [var iou, ..] ? iou : 0;
            var threshold = least.Read(x) is [var score, ..] ? score : float.NegativeInfinity;
            using var boxTensor = x[0].to(ScalarType.Float32).cpu().contiguous();
            using var scoreTensor = x[1].to(ScalarType.Float32).cpu().contiguous();
            var boxes = boxTensor.data<float>().ToArray().Chunk(4).Select(box => Box.Of(box, centred)).ToArray();
            var scores = scoreTensor.data<float>().ToArray();
            var (classes, places) = (x[1].shape[1], (int)x[1].shape[2]);
            var selected = new List<long>();
            for (var row = 0; row < x[1].shape[0] * classes; row++)
            {
                var sample = row / classes;
                foreach (
                    var place in Selected(
                        boxes.AsSpan((int)sample * places, places),
                        scores.AsSpan(row * places, places),
                        count,
                        largest,
                        threshold
                    )
                )
                {
                    selected.AddRange([sample, row % classes, place]);
                }
            }

            using var flat = tensor(selected.ToArray(), device: x[0].device);
            return [flat.reshape(-1, 3)];
        };
    }

    /// <summary>Returns the boxes of one class that are kept.</summary>
    private static List<int> Selected(ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores, long most, float overlap, float least)
    {
        var given = scores.ToArray();
        var kept = new List<int>();
        foreach (
            var place in Enumerable.Range(0, given.Length).Where(place => given[place] > least).OrderByDescending(place => given[place])
        )
        {
            if (kept.Count >= most)
            {
                break;
            }

            var isFree = true;
            foreach (var other in kept)
            {
                isFree &= boxes[place].Overlap(boxes[other]) <= overlap;
            }

            if (isFree)
            {
                kept.Add(place);
            }
        }

        return kept;
    }

    private readonly record struct Box(float Top, float Left, float Bottom, float Right)
    {
        private float Area => (Bottom - Top) * (Right - Left);

        public static Box Of(float[] numbers, bool centred) =>
            centred
                ? new(numbers[1] - numbers[3] / 2, numbers[0] - numbers[2] / 2, numbers[1] + numbers[3] / 2, numbers[0] + numbers[2] / 2)
                : new(
                    Math.Min(numbers[0], numbers[2]),
                    Math.Min(numbers[1], numbers[3]),
                    Math.Max(numbers[0], numbers[2]),
                    Math.Max(numbers[1], numbers[3])
                );

        /// <summary>Returns the intersection as a part of the union, 0 without one.</summary>
        public float Overlap(Box other)
        {
            var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
            var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
            var common = height > 0 && width > 0 ? height * width : 0;
            return common > 0 ? common / (Area + other.Area - common) : 0;
        }
    }
}
