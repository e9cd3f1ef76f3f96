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

/// <summary>Chooses the bits of the weights of each layer so that a file stays within a size, without data.</summary>
/// <remarks>
/// <see cref="LayerSensitivities"/> measures the cost of few bits for each layer alone. The costs are assumed to add up over the
/// layers. The choice is then a multiple-choice knapsack problem, which dynamic programming solves exactly, except that sizes are
/// rounded up to 1/32,768 of the budget.
/// </remarks>
/// <param name="bits">The bits of the options. Layers that have bits by name, or as the first and last, keep them.</param>
/// <param name="maxBytes">The largest size of the file in bytes.</param>
internal sealed class BitSearch(BitWidths bits, long maxBytes)
{
    /// <summary>The name of this stage in a run.</summary>
    public const string Stage = "sensitivity";

    private const int Cells = 1 << 15; // of the budget

    /// <summary>Measures the layers, or the rest of them, and chooses their bits.</summary>
    /// <param name="teacher">The float network.</param>
    /// <param name="task">The meaning of the outputs.</param>
    /// <param name="samples">The samples, (N, C, ...), Float32.</param>
    /// <param name="fileBytes">Returns the size of the file with given bits.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="run">Stores the state, so that the work can be interrupted.</param>
    /// <param name="progress">Receives the sensitivity of every layer.</param>
    /// <param name="cancellation">Stops after the current layer; the state is stored.</param>
    /// <returns>The bits, with one entry in <see cref="BitWidths.Named"/> for each layer.</returns>
    /// <exception cref="UnsuitableModelException">Even with the fewest bits, the file is larger than the limit.</exception>
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
        using var sensitivities = new LayerSensitivities(Stage, teacher, task, layers, samples, device);
        new TrainingLoop(Stage, layers.Length, run, progress, sensitivities).Run(sensitivities.Measure, cancellation);
        var export = new QdqExport(WeightStorage.Packed);
        var others =
            fileBytes(Of(layers, [.. layers.Select(layer => layer.Choices.Max())]))
            - layers.Sum(layer => export.WeightBytes(layer.Count, layer.Choices.Max()));
        var items = layers.Select(
            (layer, i) => layer.Choices.Select(width => (width, export.WeightBytes(layer.Count, width), sensitivities[i, width])).ToArray()
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

    /// <summary>Makes one choice for each item so that the bytes stay within a budget and the sum of the costs is smallest.</summary>
    /// <param name="items">The choices of each item, with their sizes and costs.</param>
    /// <param name="budget">The largest sum of sizes.</param>
    /// <returns>The choice for each item; null if none fits.</returns>
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

    private BitWidths Of(ImmutableArray<SharedWeight> layers, ImmutableArray<int> chosen) =>
        bits with
        {
            Named = [.. bits.Named, .. layers.Select((layer, i) => new NamedBits(layer.Name, chosen[i]))],
        };

    private ImmutableArray<SharedWeight> Layers(Model teacher)
    {
        var insertion = new FakeQuantizationInsertion(bits);
        var layers = FakeQuantizationInsertion.Layers(teacher.Graph);
        var student = insertion.Apply(teacher).Graph;
        return
        [
            .. layers
                .Where(layer => !bits.IsFloat(layer))
                .GroupBy(layer => layer.Inputs[1])
                .Select(sharing =>
                {
                    var given = sharing.Select(layer => insertion.Given(layer, layers)).FirstOrDefault(given => given is not null);
                    var quantizer = student.Consumers(sharing.Key).Select(Quantizer.Of).OfType<Quantizer>().Single();
                    var most = quantizer.MostBitsOfWeights;
                    return new SharedWeight(
                        sharing.Key,
                        quantizer.Axis!.Value,
                        teacher.Weights[sharing.Key].Count,
                        given is { } fixedBits
                            ? [Math.Min(fixedBits, most)]
                            : [.. Enumerable.Range(Quantizer.FewestBits, most - Quantizer.FewestBits + 1)]
                    );
                }),
        ];
    }
}

/// <summary>A weight that one or more layers share.</summary>
/// <param name="Name">The name of the initializer.</param>
/// <param name="Axis">The axis whose entries have scales of their own.</param>
/// <param name="Count">The number of elements.</param>
/// <param name="Choices">The numbers of bits that it may get, ascending; one where the options give it its bits.</param>
internal sealed record SharedWeight(string Name, int Axis, long Count, ImmutableArray<int> Choices);
