using System.CommandLine;
using System.Globalization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Sessions;

namespace Tacit.Bench;

/// <summary>Compares the boxes that a face detector finds in images with those of its quantised copy.</summary>
/// <remarks>
/// Both networks give scores, (1, A, 2), and boxes with their corners in parts of the image, (1, A, 4), for A anchors. Boxes above the score
/// are thinned by non-maximum suppression and matched one to one, the best scores first.
/// </remarks>
internal static class BoxesCommand
{
    private const double SuppressedOverlap = 0.3;
    private const double MatchedOverlap = 0.5;

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var reference = new Argument<string>("FLOAT") { Description = "The detector as an ONNX file." };
        var other = new Argument<string>("QUANTISED") { Description = "Its quantised copy." };
        var images = new Argument<string>("IMAGES") { Description = "A folder or a ZIP file of images." };
        var mean = new Option<string>("--mean") { DefaultValueFactory = _ => "0.498", Description = "Mean of the pixels, 0 to 1." };
        var std = new Option<string>("--std") { DefaultValueFactory = _ => "0.502", Description = "Deviation of the pixels." };
        var score = new Option<double>("--score") { DefaultValueFactory = _ => 0.7, Description = "Lowest score of a face." };
        var command = new Command("boxes", "Compares the boxes of a face detector with those of its quantised copy.")
        {
            reference,
            other,
            images,
            mean,
            std,
            score,
        };
        command.SetAction(parsed =>
        {
            using var one = OnnxSession.Open(parsed.GetValue(reference)!);
            using var two = OnnxSession.Open(parsed.GetValue(other)!);
            var (width, height) = one.Contract.RequireImages().PictureSize!.Value;
            var preprocessing = new Preprocessing(width, height)
            {
                Mean = Triple(parsed.GetValue(mean)!),
                Std = Triple(parsed.GetValue(std)!),
            };
            Compare(one, two, parsed.GetValue(images)!, preprocessing, parsed.GetValue(score));
        });
        return command;
    }

    private static void Compare(OnnxSession one, OnnxSession two, string path, Preprocessing preprocessing, double score)
    {
        var images = LabelledImages.OpenUnlabelled(path);
        var (count, expected, actual, matched) = (0, 0, 0, 0);
        foreach (var batch in images.ReadBatches(preprocessing, new ImageBatchOptions { BatchSize = 1 }, CancellationToken.None))
        {
            if (batch.Count == 0)
            {
                continue;
            }

            var (wanted, found) = (Faces(one, batch.Tensor, score), Faces(two, batch.Tensor, score));
            (count, expected, actual, matched) = (
                count + 1,
                expected + wanted.Count,
                actual + found.Count,
                matched + Matches(wanted, found)
            );
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count} images; {expected} boxes in float, {actual} quantised; {matched} matched at an overlap of {MatchedOverlap}: {100.0 * matched / expected:0.0} % of those in float, {100.0 * matched / actual:0.0} % of those quantised"
            )
        );
    }

    private static List<Box> Faces(OnnxSession session, ReadOnlyMemory<float> image, double score)
    {
        var outputs = session.RunAll(image);
        var (scores, corners) = (outputs["scores"].As<float>().ToArray(), outputs["boxes"].As<float>().ToArray());
        var faces = new List<Box>();
        foreach (
            var box in Enumerable
                .Range(0, scores.Length / 2)
                .Where(anchor => scores[2 * anchor + 1] > score)
                .OrderByDescending(anchor => scores[2 * anchor + 1])
                .Select(anchor => new Box(corners[4 * anchor], corners[4 * anchor + 1], corners[4 * anchor + 2], corners[4 * anchor + 3]))
        )
        {
            if (faces.TrueForAll(face => face.Overlap(box) < SuppressedOverlap))
            {
                faces.Add(box);
            }
        }

        return faces;
    }

    private static int Matches(List<Box> wanted, List<Box> found)
    {
        var left = found.ToList();
        var matches = 0;
        foreach (var face in wanted)
        {
            var best = left.Count == 0 ? null : left.MaxBy(face.Overlap);
            if (best is not null && face.Overlap(best) >= MatchedOverlap)
            {
                left.Remove(best);
                matches++;
            }
        }

        return matches;
    }

    private static ChannelTriple Triple(string text) =>
        ChannelTriple.TryParse(text, out var triple) ? triple : throw new ArgumentException($"{text} is not a number or three");

    private sealed record Box(float Left, float Top, float Right, float Bottom)
    {
        private double Area => Math.Max(0, Right - Left) * (double)Math.Max(0, Bottom - Top);

        /// <summary>Returns the intersection over the union.</summary>
        public double Overlap(Box other)
        {
            var (width, height) = (
                Math.Min(Right, other.Right) - Math.Max(Left, other.Left),
                Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top)
            );
            var common = Math.Max(0, width) * (double)Math.Max(0, height);
            return common == 0 ? 0 : common / (Area + other.Area - common);
        }
    }
}
