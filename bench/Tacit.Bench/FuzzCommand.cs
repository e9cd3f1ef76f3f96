using System.CommandLine;
using System.Globalization;
using Tacit.Conformance.Networks;

namespace Tacit.Bench;

/// <summary>The command fuzz: quantises random networks to 8 bits and compares each with its file.</summary>
internal static class FuzzCommand
{
    private static readonly double[] Shares = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9];

    public static Command Create()
    {
        var count = new Option<int>("--networks") { Description = "The number of networks.", DefaultValueFactory = _ => 2000 };
        var first = new Option<int>("--first") { Description = "The seed of the first network." };
        var command = new Command("fuzz", "Quantises random networks to 8 bits and compares each with its file in ONNX Runtime.")
        {
            count,
            first,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var outcomes = new List<FuzzOutcome>();
                for (var seed = parsed.GetValue(first); seed < parsed.GetValue(first) + parsed.GetValue(count); seed++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var network = RandomNetwork.Images(seed);
                    var outcome = QuantizationFuzz.Run(network);
                    outcomes.Add(outcome);
                    if (outcome.Error is not null)
                    {
                        Console.Error.WriteLine($"seed {seed}: {QuantizationFuzz.Smallest(network)}");
                    }
                }

                Write(outcomes);
                return Task.FromResult(outcomes.Exists(outcome => outcome.Error is not null) ? 1 : 0);
            }
        );
        return command;
    }

    private static void Write(List<FuzzOutcome> outcomes)
    {
        var decibels = outcomes.Select(outcome => outcome.Decibels).OfType<double>().Order().ToList();
        Console.Out.WriteLine("| networks | quantised | refused | wrong |");
        Console.Out.WriteLine("|---:|---:|---:|---:|");
        Console.Out.WriteLine(
            $"| {outcomes.Count} | {decibels.Count} | {outcomes.Count(outcome => outcome.Refusal is not null)} | {outcomes.Count(outcome => outcome.Error is not null)} |"
        );
        Console.Out.WriteLine();
        Console.Out.WriteLine("| share of the quantised networks below | signal-to-noise ratio |");
        Console.Out.WriteLine("|---:|---:|");
        foreach (var share in Shares.Where(_ => decibels.Count > 0))
        {
            var at = decibels[(int)(share * (decibels.Count - 1))];
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {share:0 %} | {at:0.0} dB |"));
        }

        Console.Out.WriteLine();
        foreach (
            var refusal in outcomes
                .Select(outcome => outcome.Refusal)
                .OfType<string>()
                .CountBy(refusal => refusal)
                .OrderBy(pair => -pair.Value)
        )
        {
            Console.Out.WriteLine($"- {refusal.Value}: {refusal.Key}");
        }
    }
}
