using System.CommandLine;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;

namespace Tacit.Bench;

/// <summary>The command features: compares the features of encoders with those of a first one on real videos.</summary>
internal static class FeaturesCommand
{
    public static Command Create()
    {
        var videos = new Argument<string>("VIDEOS") { Description = "Labelled videos with the parts train and test." };
        var encoders = new Argument<string[]>("ENCODER")
        {
            Description = "The float encoder, then its quantised copies.",
            Arity = ArgumentArity.OneOrMore,
        };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "features",
            "Compares encoders with the first one by their features of the videos of part test, and by nearest neighbours."
        )
        {
            videos,
            encoders,
            threads,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var set = VideoSet.Read(parsed.GetRequiredValue(videos), cancellationToken: cancellation);
                using var opened = await VideoStore.OpenAsync(
                    set,
                    $"artifacts/pretraining/cache-{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(set.Path))}",
                    long.MaxValue,
                    cancellation: cancellation
                );
                var tested = Enumerable
                    .Range(0, opened.Store.Videos.Length)
                    .Where(video => opened.Store.Videos[video].Split == "test")
                    .ToArray();
                var knn = new FeatureEvaluation(new KnnClassifier(), new EvaluationOptions { Division = EvaluationDivision.Given });
                (VideoFeatures Features, FeatureEvaluationResult Judged)? reference = null;
                Console.Out.WriteLine(
                    "| encoder | bytes | cosine, mean | least | less the mean | kNN, % | 95 % | as the first |\n|---|---:|---:|---:|---:|---:|---|---:|"
                );
                foreach (var path in parsed.GetRequiredValue(encoders))
                {
                    using var session = OnnxSession.Open(path, new OnnxSessionOptions { Threads = parsed.GetValue(threads) });
                    var features = await new VideoEncoder(session).EncodeAsync(opened.Store, cancellation: cancellation);
                    var judged = knn.Run(features, cancellation: cancellation);
                    reference ??= (features, judged);
                    var (expected, actual) = (Rows(reference.Value.Features, tested), Rows(features, tested));
                    var cosines = expected.Zip(actual, (one, other) => Scores.CosineSimilarity(one, other, 1)).ToList();
                    var centred = Centred(expected).Zip(Centred(actual), (one, other) => Scores.CosineSimilarity(one, other, 1)).Average();
                    var same = judged.Correct.Zip(reference.Value.Judged.Correct).Count(pair => pair.First == pair.Second);
                    Console.Out.WriteLine(
                        FormattableString.Invariant(
                            $"| {Path.GetFileName(path)} | {new FileInfo(path).Length} | {cosines.Average():F4} | {cosines.Min():F4} | {centred:F4} | {judged.Accuracy:F1} | {Range(judged.Interval)} | {same} of {tested.Length} |"
                        )
                    );
                }

                return 0;
            }
        );
        return command;
    }

    private static string Range(Interval? interval) =>
        interval is { } known ? FormattableString.Invariant($"{known.Low:F1} to {known.High:F1}") : "";

    private static float[][] Rows(VideoFeatures features, int[] videos) => [.. videos.Select(video => features[video].ToArray())];

    // Subtracts the mean of all rows.
    private static float[][] Centred(float[][] rows)
    {
        var mean = Enumerable.Range(0, rows[0].Length).Select(i => rows.Average(row => (double)row[i])).ToArray();
        return [.. rows.Select(row => row.Select((value, i) => (float)(value - mean[i])).ToArray())];
    }
}
