using System.CommandLine;
using System.Diagnostics;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Networks;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using TorchSharp;

namespace Tacit.Bench;

/// <summary>The command steps: measures the time and memory of a step of each stage with a network.</summary>
internal static class StepsCommand
{
    private const int Steps = 4;

    public static Command Create()
    {
        var name = new Option<string>("--network") { Description = "A network of the zoo.", Required = true };
        var memory = new Option<int>("--memory") { Description = "GiB that a step may take.", DefaultValueFactory = _ => 4 };
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that compute.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var command = new Command("steps", "Times steps of synthesis and fine-tuning, and measures their memory.")
        {
            name,
            memory,
            threads,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var network = Zoo.Find(parsed.GetRequiredValue(name));
                if (network is null)
                {
                    Console.Error.WriteLine($"--network {parsed.GetValue(name)} is not in the zoo; it has {string.Join(", ", Zoo.All)}");
                    return Task.FromResult(2);
                }

                torch.set_num_threads(parsed.GetValue(threads));
                Measure(network, (long)parsed.GetValue(memory) << 30, cancellationToken);
                return Task.FromResult(0);
            }
        );
        return command;
    }

    private static void Measure(ZooNetwork network, long limit, CancellationToken cancellation)
    {
        var model = network.Build();
        var preset = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths { Weights = 4, Activations = 4 }, seed: 0);
        var batch = new HardSampleSynthesis(preset.Synthesis! with { MemoryLimit = limit }, model).BatchSize;
        var synthesis = new HardSampleSynthesis(preset.Synthesis! with { MemoryLimit = limit, Samples = batch, Steps = Steps }, model);
        var clock = new StepClock();
        var (images, _) = synthesis.Run(torch.CPU, new MemoryCheckpoints(), clock, cancellation);
        var (synthesisTime, synthesisPeak) = (clock.Seconds, Peak());

        var student = new FakeQuantizationInsertion(preset.Bits).Apply(model);
        var few = images.Rows(0, Math.Min(batch, 4));
        student = new ActivationObserver(model, student, few, torch.CPU, cancellation).Apply(RangeEstimator.MinMax);
        var tuning = new HastFineTuning(preset.FineTuning with { MemoryLimit = limit, Steps = Steps }, model, student);
        clock = new StepClock();
        tuning.Run([images], torch.CPU, new MemoryCheckpoints(), clock, cancellation);

        Console.Out.WriteLine(
            "| network | threads | samples of a step of synthesis | s | peak so far, GB | samples of a step of fine-tuning | s | peak, GB |\n|---|---:|---:|---:|---:|---:|---:|---:|\n"
                + $"| {network} | {torch.get_num_threads()} | {batch} | {synthesisTime:F2} | {synthesisPeak:F2} | {tuning.BatchSize} | {clock.Seconds:F2} | {Peak():F2} |"
        );
    }

    private static double Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e9;
    }

    /// <summary>The smallest time between two steps, which is the time of an undisturbed step.</summary>
    private sealed class StepClock : IProgress<TrainingProgress>
    {
        private long _last = Stopwatch.GetTimestamp();
        private bool _warm;

        public double Seconds { get; private set; } = double.PositiveInfinity;

        public void Report(TrainingProgress value)
        {
            var seconds = Stopwatch.GetElapsedTime(_last).TotalSeconds;
            _last = Stopwatch.GetTimestamp();
            Seconds = _warm ? Math.Min(Seconds, seconds) : Seconds;
            _warm = true;
        }
    }
}
