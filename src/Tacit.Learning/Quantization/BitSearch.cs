using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Execution.Operators;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization;

/// <summary>Chooses the bits of each layer's weights so that a file stays within a size, without data.</summary>
/// <remarks>
/// The sensitivity of a layer to a number of bits is the divergence KL(float || quantised) between the classes' probabilities,
/// averaged over synthetic samples, when that layer alone is rounded to so many bits (as ZeroQ, CVPR 2020, measures it). Taken to
/// add up over layers, the choice is a knapsack of several choices for each item, which dynamic programming solves, up to a rounding of sizes.
/// </remarks>
/// <param name="bits">What the options say: layers that it gives bits to by name, or as the first and last, keep them.</param>
/// <param name="maxBytes">The most bytes of the file.</param>
internal sealed class BitSearch(BitWidths bits, long maxBytes)
{
    /// <summary>The name of this stage in a run.</summary>
    public const string Stage = "sensitivity";

    private const int Fewest = Quantizer.FewestBits;
    private const int Most = Quantizer.MostBits;
    private const int Widths = Most - Fewest + 1;
    private const int Samples = 128;
    private const int Cells = 1 << 15; // of the budget

    /// <summary>The bits, with one entry in <see cref="BitWidths.Named"/> for each layer.</summary>
    /// <param name="teacher">The float network.</param>
    /// <param name="task">What its output means; an encoder's divergence is that of the probabilities of prototypes.</param>
    /// <param name="samples">(N, C, ...), Float32.</param>
    /// <param name="fileBytes">The bytes of the file that comes of bits.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="run">Keeps the state, so that the work can be interrupted.</param>
    /// <param name="progress">Is told of every layer.</param>
    /// <param name="cancellation">Stops after the current layer; the state is kept.</param>
    /// <exception cref="UnsuitableModelException">The file cannot be made so small.</exception>
    public BitWidths Run(
        Model teacher,
        NetworkTask task,
        TensorData samples,
        Func<BitWidths, long> fileBytes,
        Device device,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        var layers = Layers(teacher);
        var sensitivities = Sensitivities(teacher, task, layers, samples, device, run, progress, cancellation);
        var export = new QdqExport(WeightStorage.Packed);
        var others =
            fileBytes(Of(layers, [.. layers.Select(layer => layer.Choices.Max())]))
            - layers.Sum(layer => export.WeightBytes(layer.Count, layer.Choices.Max()));
        var items = layers.Select(
            (layer, i) =>
                layer.Choices.Select(width => (width, export.WeightBytes(layer.Count, width), sensitivities[i][width - Fewest])).ToArray()
        );
        return Fit([.. items], maxBytes - others, maxBytes, chosen => fileBytes(Of(layers, chosen))) is { } fitting
            ? Of(layers, fitting)
            : throw new UnsuitableModelException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the network cannot be brought to {maxBytes:N0} bytes: with the fewest bits everywhere it takes {fileBytes(Of(layers, [.. layers.Select(layer => layer.Choices.Min())])):N0} ({nameof(QuantizationOptions)}.{nameof(QuantizationOptions.MaxBytes)})"
                )
            );
    }

    /// <summary>For each item one choice, so that the file stays within a size; null where the least choices make it larger.</summary>
    /// <param name="items">The choices of each item, the least first; their bytes are about those of the file.</param>
    /// <param name="budget">The bytes of the file for all items, about.</param>
    /// <param name="maxBytes">The most bytes of the file.</param>
    /// <param name="fileBytes">The bytes of the file that comes of choices.</param>
    internal static ImmutableArray<int>? Fit(
        (int Choice, long Bytes, double Cost)[][] items,
        long budget,
        long maxBytes,
        Func<ImmutableArray<int>, long> fileBytes
    )
    {
        while (Knapsack(items, budget) is { } chosen)
        {
            var excess = fileBytes(chosen) - maxBytes;
            if (excess <= 0)
            {
                return chosen;
            }

            // Of a budget that these choices do not use up, to take the excess off may leave enough for the same choices.
            var used = items.Zip(chosen, (item, choice) => item.Single(entry => entry.Choice == choice).Bytes).Sum();
            budget = Math.Min(budget - excess, used - 1);
        }

        ImmutableArray<int> least = [.. items.Select(item => item[0].Choice)];
        return fileBytes(least) <= maxBytes ? least : null;
    }

    /// <summary>For each item one choice, so that the bytes stay within a budget and the sum of costs is least; null where none fits.</summary>
    internal static ImmutableArray<int>? Knapsack((int Choice, long Bytes, double Cost)[][] items, long budget)
    {
        // Cells are rounded up, so that the sum stays within the budget.
        var cell = Math.Max(1, (budget + Cells - 1) / Cells);
        var cells = (int)Math.Max(0, budget / cell);
        var best = new double[cells + 1]; // the least cost within so many cells
        var chosen = new int[items.Length][];
        for (var item = 0; item < items.Length; item++)
        {
            var next = new double[cells + 1];
            Array.Fill(next, double.PositiveInfinity);
            chosen[item] = new int[cells + 1];
            for (var choice = 0; choice < items[item].Length; choice++)
            {
                var size = (items[item][choice].Bytes + cell - 1) / cell;
                for (var within = size; within <= cells; within++)
                {
                    var cost = best[within - size] + items[item][choice].Cost;
                    if (cost <= next[within]) // of equals the one with more bits
                    {
                        (next[within], chosen[item][within]) = (cost, choice);
                    }
                }
            }

            best = next;
        }

        if (budget < 0 || double.IsPositiveInfinity(best[cells]))
        {
            return null;
        }

        var result = new int[items.Length];
        long left = cells;
        for (var item = items.Length - 1; item >= 0; item--)
        {
            var (choice, bytes, _) = items[item][chosen[item][left]];
            result[item] = choice;
            left -= (bytes + cell - 1) / cell;
        }

        return [.. result];
    }

    private BitWidths Of(ImmutableArray<Layer> layers, ImmutableArray<int> chosen) =>
        bits with
        {
            Named = [.. bits.Named, .. layers.Select((layer, i) => new NamedBits(layer.Weight, chosen[i]))],
        };

    private ImmutableArray<Layer> Layers(Model teacher)
    {
        var insertion = new FakeQuantizationInsertion(bits);
        var layers = FakeQuantizationInsertion.Layers(teacher.Graph);
        var student = insertion.Apply(teacher).Graph;
        return
        [
            .. layers
                .GroupBy(layer => layer.Inputs[1])
                .Select(sharing =>
                {
                    var given = sharing.Select(layer => insertion.Given(layer, layers)).FirstOrDefault(given => given is not null);
                    var quantizer = student.Consumers(sharing.Key).Select(Quantizer.Of).OfType<Quantizer>().Single();
                    var most = quantizer.MostBitsOfWeights;
                    return new Layer(
                        sharing.Key,
                        quantizer.Axis!.Value,
                        teacher.Weights[sharing.Key].Count,
                        given is { } fixedBits
                            ? [Math.Min(fixedBits, most)]
                            : [.. Enumerable.Range(Fewest, Widths).Where(width => width <= most)]
                    );
                }),
        ];
    }

    // For each layer the divergence at 2, 3, … 8 bits.
    private static List<double[]> Sensitivities(
        Model teacher,
        NetworkTask task,
        ImmutableArray<Layer> layers,
        TensorData samples,
        Device device,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var gradients = no_grad();
        using var weights = TorchWeights.From(teacher, device, trainable: false);
        var module = new GraphModule(teacher);
        var logits = VectorNetwork.Logits(teacher.Graph);
        var used = samples.Rows(0, Math.Min(Samples, (int)samples.Sizes[0]));
        using var head = task == NetworkTask.Encoder ? EncoderHead.Of(module, weights, logits, used) : null;
        using var floats = Probabilities(); // (N, classes), logarithms
        var saved = run.Latest(Stage);
        var found = saved is null ? [] : saved["divergences"].As<double>().ToArray().Chunk(Widths).ToList();
        while (found.Count < layers.Length)
        {
            var layer = layers[found.Count];
            using var original = weights[layer.Weight].clone();
            var row = new double[Widths];
            for (var width = Most; layer.Choices.Length > 1 && width >= Fewest; width--)
            {
                using var scope = NewDisposeScope();
                weights.Set(layer.Weight, FakeQuantize.Apply(original, null, null, Quantizer.OfWeights(width, layer.Axis)));
                var divergence = (floats.exp() * (floats - Probabilities())).sum(1).mean().ToDouble();

                // Fewer bits are never worth more.
                row[width - Fewest] = Math.Max(divergence, width < Most ? row[width + 1 - Fewest] : 0);
            }

            weights.Set(layer.Weight, original);
            found.Add(row);
            progress?.Report(new TrainingProgress(Stage, found.Count, layers.Length, Losses.Of(("divergence", row[4 - Fewest]))));
            run.SaveIfDue(found.Count, Save, cancellation);
        }

        run.Save(Save());
        return found;

        Checkpoint Save() =>
            new Checkpoint(Stage, found.Count).With("divergences", TensorData.Of<double>([.. found.SelectMany(row => row)]));

        Tensor Probabilities()
        {
            using var scope = NewDisposeScope();
            var parts = EvaluationBatches
                .Of(used)
                .Select(batch =>
                {
                    using var input = batch.ToTensor(device);
                    using var activations = module.Run(weights, input, taps: [logits]);
                    return (head?.Logits(activations[logits]) ?? VectorNetwork.Rows(activations[logits])).log_softmax(1);
                });
            return cat([.. parts], 0).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Layers that share one weight.</summary>
    private sealed record Layer(string Weight, int Axis, long Count, ImmutableArray<int> Choices);
}
