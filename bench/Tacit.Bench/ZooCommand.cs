using System.CommandLine;
using Tacit.Learning.Networks;

namespace Tacit.Bench;

/// <summary>The command zoo: measures the cost of each published network and its speed-up in 8 bits.</summary>
internal static class ZooCommand
{
    public static Command Create()
    {
        var names = new Option<string[]>("--network") { Description = "A network of the zoo; may be given several times. All by default." };
        var rounds = SessionsCommand.RoundsOption();
        names.Validators.Add(result =>
        {
            foreach (var unknown in result.Tokens.Select(token => token.Value).Where(name => Zoo.Find(name) is null))
            {
                result.AddError($"--network {unknown} is not in the zoo; it has {string.Join(", ", Zoo.All)}");
            }
        });

        var command = new Command(
            "zoo",
            "Quantises networks with random weights to 8 bits and times them against float, at batch 1 on one thread."
        )
        {
            names,
            rounds,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var wanted = parsed.GetValue(names) is { Length: > 0 } given ? given.Select(name => Zoo.Find(name)!) : Zoo.All;
                Console.Out.Write(
                    $"""
                    - batch 1, one thread; {SessionsCommand.Machine()}
                    - same class: the images to which the simulation and the runtime give the same class; apart: how far their logits are apart,
                      as a share of how far 8 bits move them from the float network's (root mean squares)

                    | network | parameters | MACs, M | float, ms | W8A8, ms | times as fast | 10 % to 90 % of rounds | same class | apart | kernels left in float |
                    |---|---:|---:|---:|---:|---:|---:|---:|---:|---|

                    """
                );
                foreach (var network in wanted)
                {
                    var result = ZooMeasurement.Of(network, parsed.GetValue(rounds), cancellationToken);
                    var times = result.Times;
                    Console.Out.WriteLine(
                        $"| {network} | {network.Parameters:N0} | {network.MultiplyAccumulates / 1e6:F1} | {times.First.Median:F2} | {times.Second.Median:F2} "
                            + $"| {times.Ratio:F2} | {times.RatioLow:F2} to {times.RatioHigh:F2} | {result.Network.SameClass:P0} | {result.Network.Apart:F2} | {result.FloatKernels} |"
                    );
                }

                return Task.FromResult(0);
            }
        );
        return command;
    }
}
