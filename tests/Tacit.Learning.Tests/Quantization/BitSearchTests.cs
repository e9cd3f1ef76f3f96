using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Quantization;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Quantization.Hast;

namespace Tacit.Learning.Tests.Quantization;

[NoTensorLeaks]
public sealed class BitSearchTests
{
    private static readonly QuantizationOptions Packed = Options(new BitWidths());

    [Fact]
    public void The_knapsack_is_as_good_as_trying_everything()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 200; trial++)
        {
            var items = Enumerable
                .Range(0, random.Next(1, 6))
                .Select(_ =>
                    Enumerable
                        .Range(2, random.Next(1, 4))
                        .Select(choice => (choice, (long)random.Next(0, 40), random.NextDouble()))
                        .ToArray()
                )
                .ToArray();
            var budget = random.Next(0, 120);

            var chosen = BitSearch.Knapsack(items, budget);

            var best = Best(items, budget, 0);
            Assert.Equal(double.IsPositiveInfinity(best), chosen is null);
            if (chosen is { } choices)
            {
                var taken = items.Select((item, i) => item.Single(entry => entry.choice == choices[i])).ToList();
                Assert.InRange(taken.Sum(entry => entry.Item2), 0, budget);
                Assert.Equal(best, taken.Sum(entry => entry.Item3), 1e-12);
            }
        }
    }

    [Fact]
    public void Every_size_down_to_that_of_the_fewest_bits_is_reached()
    {
        // A file is larger than the estimate for its layers. The difference grows as the bits decrease.
        var items = Enumerable
            .Range(0, 6)
            .Select(item => Enumerable.Range(2, 7).Select(bits => (bits, (long)bits * 100, 1.0 / (bits + item))).ToArray())
            .ToArray();
        var fewest = FileBytes([.. Enumerable.Repeat(2, items.Length)]);

        Assert.All(
            Enumerable.Range((int)fewest, 3000),
            size => Assert.InRange(FileBytes(BitSearch.Fit(items, size - 200, size, FileBytes)!.Value), fewest, size)
        );
        Assert.Null(BitSearch.Fit(items, fewest - 1, fewest - 1, FileBytes));

        static long FileBytes(ImmutableArray<int> bits) => bits.Sum(width => (width * 100L) + (3 * (8 - width)));
    }

    [Fact]
    public void The_file_stays_within_the_size_and_a_layer_given_by_name_keeps_its_bits()
    {
        var whole = new ZeroShotQuantization(Packed).Run(TinyClassifier.Wide).BytesAfter;
        var bits = new BitWidths { Named = [new("layer3.0.conv2", 5)] };

        var result = new ZeroShotQuantization(Options(bits) with { MaxBytes = whole - 12_000 }).Run(TinyClassifier.Wide);

        Assert.InRange(result.BytesAfter, 0, whole - 12_000);
        Assert.Equal(5, result.Layers.Single(layer => layer.Layer == "layer3.0.conv2").Bits);
        Assert.Contains(result.Layers, layer => layer.Bits < 8 && layer.Layer != "layer3.0.conv2");
    }

    [Theory]
    [InlineData(WeightRange.Full, 8)]
    [InlineData(WeightRange.Safe, 7)]
    public void Where_there_is_room_every_layer_keeps_all_bits_of_the_range(WeightRange range, int bits)
    {
        var options = Packed with { MaxBytes = 1 << 20 };

        var result = new ZeroShotQuantization(options with { Bits = options.Bits with { Range = range } }).Run(TinyClassifier.Wide);

        Assert.All(result.Layers, layer => Assert.Equal(bits, layer.Bits));
    }

    [Fact]
    public void A_size_out_of_reach_is_refused_with_the_least_there_is()
    {
        var search = new ZeroShotQuantization(Packed with { MaxBytes = 1000 });

        var message = Assert.Throws<UnsuitableModelException>(() => search.Run(TinyClassifier.Wide)).Message;
        Assert.Matches("^the network cannot be brought to 1,000 bytes: with the fewest bits everywhere it takes [0-9,]+", message);
    }

    [Fact]
    public void A_stopped_search_goes_on_to_the_same_bits()
    {
        var options = Packed with { MaxBytes = new ZeroShotQuantization(Packed).Run(TinyClassifier.Wide).BytesAfter - 12_000 };
        var expected = new ZeroShotQuantization(options).Run(TinyClassifier.Wide);
        var checkpoints = new MemoryCheckpoints();
        using var stop = new CancellationTokenSource();
        var progress = new Progress(step =>
        {
            if (step.Stage == BitSearch.Stage && step.Step == 3)
            {
                stop.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() =>
            _ = new ZeroShotQuantization(options).Run(TinyClassifier.Wide, run: checkpoints, progress: progress, cancellation: stop.Token)
        );
        var resumed = new ZeroShotQuantization(options).Run(TinyClassifier.Wide, run: checkpoints);

        Assert.Equal(3, checkpoints.Latest(BitSearch.Stage)!.Step - (expected.Layers.Length - 3));
        Assert.Equal(expected.Onnx.ToArray(), resumed.Onnx.ToArray());
    }

    private static double Best((int, long Bytes, double Cost)[][] items, long budget, int item) =>
        budget < 0 ? double.PositiveInfinity
        : item == items.Length ? 0
        : items[item].Min(choice => choice.Cost + Best(items, budget - choice.Bytes, item + 1));

    private static QuantizationOptions Options(BitWidths bits)
    {
        var options = QuantizationOptions.Of(QuantizationPreset.Fast, bits, seed: 1);
        return options with
        {
            Storage = WeightStorage.Packed,
            Synthesis = options.Synthesis! with { Samples = 24, BatchSize = 24, Steps = 3 },
            FineTuning = options.FineTuning with { Steps = 0 },
        };
    }
}
