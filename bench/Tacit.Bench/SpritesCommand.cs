using System.CommandLine;
using Tacit.Graphs;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Pretraining.Methods;
using Tacit.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Bench;

/// <summary>
/// The result of a training on generated videos: percentages of clips whose nearest neighbour from another video is correct.
/// </summary>
/// <param name="Set">The set: "one speed", or "three speeds" of motion.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Object">The same object, by the appearance embedding.</param>
/// <param name="Rate">The same playback rate, by the speed embedding.</param>
/// <param name="FeatureObject">The same object, by the encoder's features.</param>
/// <param name="FeatureRate">The same playback rate, by the encoder's features.</param>
/// <param name="Seconds">The time of training.</param>
/// <param name="Epochs">The number of passes over the videos. Results with other numbers are kept separate.</param>
internal sealed record SpriteResult(
    string Set,
    string Arm,
    ulong Seed,
    double Object,
    double Rate,
    double FeatureObject,
    double FeatureRate,
    double Seconds,
    int Epochs
);

/// <summary>The command sprites: tests whether methods learn object and speed on generated videos, for which both are known.</summary>
internal static class SpritesCommand
{
    private const int TestVideos = 160;

    public static Command Create()
    {
        var arms = new Option<string[]>("--arm") { Description = "An arm; all of them without it." };
        var seeds = new Option<int>("--seeds") { Description = "Seeds.", DefaultValueFactory = _ => 3 };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the 128 videos.", DefaultValueFactory = _ => 60 };
        var varied = new Option<bool>("--varied-speed")
        {
            Description = "Objects move at half, once or one and a half times the common speed.",
        };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--out")
        {
            Description = "The ledger.",
            DefaultValueFactory = _ => "artifacts/pretraining/sprites.jsonl",
        };
        var command = new Command("sprites", "Trains on generated videos and tells what the embeddings retrieve.")
        {
            arms,
            seeds,
            epochs,
            varied,
            threads,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                torch.set_num_threads(parsed.GetValue(threads));
                var set = parsed.GetValue(varied) ? "three speeds" : "one speed";
                var ledger = new Ledger<SpriteResult>(parsed.GetRequiredValue(output));
                foreach (var seed in Enumerable.Range(0, parsed.GetValue(seeds)).Select(seed => (ulong)seed))
                {
                    foreach (var arm in PretrainingArm.Of(parsed.GetValue(arms) ?? []))
                    {
                        if (
                            !ledger.Entries.Any(entry =>
                                (entry.Set, entry.Arm, entry.Seed, entry.Epochs) == (set, arm.Name, seed, parsed.GetValue(epochs))
                            )
                        )
                        {
                            Console.Error.WriteLine($"{set}: {arm.Name}, seed {seed}");
                            ledger.Add(await MeasureAsync(set, arm, seed, parsed.GetValue(epochs), cancellation));
                        }
                    }
                }

                Write(ledger.Entries.Where(entry => (entry.Set, entry.Epochs) == (set, parsed.GetValue(epochs))).ToList());
                return 0;
            }
        );
        return command;
    }

    private static PretrainingOptions Options(ulong seed, int epochs) =>
        PretrainingOptions.Of(PretrainingPreset.Tiny) with
        {
            Width = 0.25,
            Augmentation = AugmentationOptions.None with { Size = 48, CropArea = new(0.4, 1), FlipProbability = 0.5 },
            Epochs = epochs,
            MonitorInterval = 1_000_000,
            Seed = seed,
        };

    // Sizes of galleries and queues for small sets of videos.
    private static PretrainingRecipe Smaller(PretrainingRecipe recipe) =>
        recipe switch
        {
            AscNetRecipe ascNet => ascNet with { GalleryCapacity = 512, GalleryWarmUp = 128 },
            RspNetRecipe rspNet => rspNet with { QueueCapacity = 512 },
            _ => recipe,
        };

    private static MovingSprites Videos(int count, ulong seed, string set) =>
        new(
            new()
            {
                Videos = count,
                Seed = seed,
                Backgrounds = 1,
                Radius = 0.2,
                NativeSpeeds = set == "one speed" ? [1] : [0.5, 1, 1.5],
            }
        );

    private static async Task<SpriteResult> MeasureAsync(
        string set,
        PretrainingArm arm,
        ulong seed,
        int epochs,
        CancellationToken cancellation
    )
    {
        var started = TimeProvider.System.GetTimestamp();
        var options = Options(seed, epochs);
        using var test = Videos(TestVideos, 1000 + seed, set);
        Model model;
        if (arm.Recipe is null)
        {
            model = ProjectionHead.Append(
                VideoPretraining.EncoderOf(options),
                [new("appearance", 256, 64, false), new("speed", 256, 64, false)],
                seed
            );
        }
        else
        {
            using var train = Videos(128, seed, set);
            model = (
                await new VideoPretraining(options with { Recipe = Smaller(arm.Recipe) }).RunAsync(train, cancellation: cancellation)
            ).WithHeads;
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var retrieval = await SpriteRetrieval.OfAsync(model, VideoPretraining.PreprocessingOf(options), test, seed, cancellation);
        var outputs = model.Graph.Outputs.Select(value => value.Name).ToList();
        var (appearance, speed) = (
            outputs.Contains("appearance") ? "appearance" : "projection",
            outputs.Contains("speed") ? "speed" : "projection"
        );
        return new SpriteResult(
            set,
            arm.Name,
            seed,
            retrieval.Objects(appearance),
            retrieval.Rates(speed),
            retrieval.Objects(outputs[0]),
            retrieval.Rates(outputs[0]),
            seconds,
            epochs
        );
    }

    private static void Write(List<SpriteResult> results)
    {
        Console.Out.WriteLine(
            "| arm | object by appearance, % | rate by speed, % | object by features, % | rate by features, % | seeds | s |\n|---|---:|---:|---:|---:|---:|---:|"
        );
        foreach (var arm in PretrainingArm.All.Select(arm => arm.Name).Where(name => results.Any(result => result.Arm == name)))
        {
            var of = results.Where(result => result.Arm == arm).ToList();
            Console.Out.WriteLine(
                $"| {arm} | {Spread.Of(of.Select(result => result.Object))} | {Spread.Of(of.Select(result => result.Rate))} | {Spread.Of(of.Select(result => result.FeatureObject))} | {Spread.Of(of.Select(result => result.FeatureRate))} | {of.Count} | {of.Average(result => result.Seconds):F0} |"
            );
        }
    }
}
