using System.CommandLine;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video;
using Tacit.Learning.Protocols;

namespace Tacit.Bench;

/// <summary>The verb features: how far other encoders' features are from those of a first one, on real videos.</summary>
internal static class FeaturesCommand
{
    public static Command Create()
    {
        var videos = new Argument<string>("VIDEOS") { Description = "Labelled videos with the parts train and test." };
        var encoders = new Argument<string[]>("ENCODER") { Description = "The float encoder, then its quantised copies.", Arity = ArgumentArity.OneOrMore };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => 1 };
        var command = new Command("features", "Compares encoders with the first one by their features of the videos of part test, and by nearest neighbours.") { videos, encoders, threads };
        command.SetAction(async (parsed, cancellation) =>
        {
            var set = VideoSet.Read(parsed.GetRequiredValue(videos), cancellationToken: cancellation);
            using var opened = await VideoStore.OpenAsync(set, $"artifacts/pretraining/cache-{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(set.Path))}", long.MaxValue, cancellation: cancellation);
            var tested = Enumerable.Range(0, opened.Store.Videos.Length).Where(video => opened.Store.Videos[video].Split == "test").ToArray();
            VideoFeatures? first = null;
            Console.Out.WriteLine("| encoder | bytes | cosine, mean | least | less the mean | kNN, % | 95 % | as the first |\n|---|---:|---:|---:|---:|---:|---|---:|");
            foreach (var path in parsed.GetRequiredValue(encoders))
            {
                using var session = OnnxSession.Open(path, new OnnxSessionOptions { Threads = parsed.GetValue(threads) });
                var features = await new VideoEncoder(session).EncodeAsync(opened.Store, cancellation: cancellation);
                first ??= features;
                var (mean, other) = (Mean(first, tested), Mean(features, tested));
                var cosines = tested.Select(video => Cosine(first[video], features[video], null, null)).ToList();
                var centred = tested.Average(video => Cosine(first[video], features[video], mean, other));
                var options = new EvaluationOptions { Division = EvaluationDivision.Given };
                var knn = new FeatureEvaluation(new KnnClassifier(), options).Run(features, cancellation: cancellation);
                var reference = new FeatureEvaluation(new KnnClassifier(), options).Run(first, cancellation: cancellation);
                var same = knn.Correct.Zip(reference.Correct).Count(pair => pair.First == pair.Second);
                Console.Out.WriteLine(FormattableString.Invariant(
                    $"| {Path.GetFileName(path)} | {new FileInfo(path).Length} | {cosines.Average():F4} | {cosines.Min():F4} | {centred:F4} | {knn.Accuracy:F1} | {Range(knn.Interval)} | {same} of {tested.Length} |"));
            }

            return 0;
        });
        return command;
    }

    private static string Range(Interval? interval) => interval is { } known ? FormattableString.Invariant($"{known.Low:F1} to {known.High:F1}") : "";

    private static double[] Mean(VideoFeatures features, int[] videos) =>
        [.. Enumerable.Range(0, features.Dimension).Select(i => videos.Average(video => (double)features[video][i]))];

    private static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other, double[]? mean, double[]? otherMean)
    {
        var (dot, square, otherSquare) = (0.0, 0.0, 0.0);
        for (var i = 0; i < one.Length; i++)
        {
            var (a, b) = (one[i] - (mean?[i] ?? 0), other[i] - (otherMean?[i] ?? 0));
            (dot, square, otherSquare) = (dot + (a * b), square + (a * a), otherSquare + (b * b));
        }

        return dot / Math.Sqrt(square * otherSquare);
    }
}
