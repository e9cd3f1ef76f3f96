using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tacit.Graphs;
using Tacit.Inference.Sessions;

namespace Tacit.Bench;

/// <summary>The command sessions: measures how much faster one network is than another.</summary>
internal static class SessionsCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var first = new Argument<string>("FLOAT") { Description = "An ONNX file." };
        var second = new Argument<string>("QUANTISED") { Description = "The ONNX file to compare with it." };
        var threads = new Option<string>("--threads")
        {
            Description = "Numbers of threads, joined by commas.",
            DefaultValueFactory = _ => "1,2",
        };
        var batch = new Option<string>("--batch") { Description = "Batch sizes, joined by commas.", DefaultValueFactory = _ => "1,32" };
        var rounds = RoundsOption();
        var json = new Option<bool>("--json") { Description = "One JSON object instead of a table." };
        threads.Validators.Add(result => CheckNumbers(result, threads));
        batch.Validators.Add(result => CheckNumbers(result, batch));
        var command = new Command("sessions", "Times two networks in ONNX Runtime, in one process and in turns.")
        {
            first,
            second,
            threads,
            batch,
            rounds,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                try
                {
                    var one = parsed.GetRequiredValue(first);
                    var two = parsed.GetRequiredValue(second);
                    var comparison = new SessionComparison(one, two, parsed.GetValue(rounds));
                    var results = (
                        from thread in Numbers(parsed.GetValue(threads)!)
                        from size in Numbers(parsed.GetValue(batch)!)
                        select comparison.Run(thread, size, cancellationToken)
                    ).ToList();
                    Console.Out.Write(
                        parsed.GetValue(json)
                            ? JsonSerializer.Serialize(
                                new
                                {
                                    Float = one,
                                    Quantised = two,
                                    Machine = Machine(),
                                    Results = results,
                                },
                                Json
                            ) + "\n"
                            : Table(one, two, results)
                    );
                    return Task.FromResult(0);
                }
                catch (Exception exception) when (exception is ContentException or ArgumentException)
                {
                    Console.Error.WriteLine($"error: {exception.Message}");
                    return Task.FromResult(3);
                }
            }
        );
        return command;
    }

    /// <summary>--rounds: the number of turns of each network.</summary>
    internal static Option<int> RoundsOption()
    {
        var rounds = new Option<int>("--rounds") { Description = "Turns of each network.", DefaultValueFactory = _ => 50 };
        rounds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value < 1))
            {
                result.AddError("--rounds takes a number of at least 1");
            }
        });
        return rounds;
    }

    private static string Table(string first, string second, IEnumerable<Comparison> results)
    {
        IEnumerable<string> lines =
        [
            $"- first: {Path.GetFileName(first)}, {new FileInfo(first).Length:N0} bytes; {Kernels(first)}",
            $"- second: {Path.GetFileName(second)}, {new FileInfo(second).Length:N0} bytes; {Kernels(second)}",
            $"- {Machine()}",
            "",
            "| threads | batch | first, ms (p90) | second, ms (p90) | times as fast | 10 % to 90 % of rounds |",
            "|---:|---:|---:|---:|---:|---:|",
            .. results.Select(result =>
                $"| {result.Threads} | {result.Batch} | {result.First.Median:F3} ({result.First.P90:F3}) | {result.Second.Median:F3} ({result.Second.P90:F3}) "
                + $"| {result.Ratio:F2} | {result.RatioLow:F2} to {result.RatioHigh:F2} |"
            ),
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static string Kernels(string path)
    {
        var report = KernelReport.Of(path);
        return $"convolutions: {report.IntegerConvolutions} integer, {report.FloatConvolutions} float; products: {report.IntegerProducts} integer, {report.FloatProducts} float";
    }

    internal static string Machine() =>
        $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, "
        + $"ONNX Runtime {typeof(Microsoft.ML.OnnxRuntime.InferenceSession).Assembly.GetName().Version?.ToString(3)}";

    private static int[] Numbers(string text) => [.. text.Split(',').Select(int.Parse)];

    private static void CheckNumbers(System.CommandLine.Parsing.OptionResult result, Option option)
    {
        if (result.Tokens.Count > 0 && !result.Tokens[0].Value.Split(',').All(part => int.TryParse(part, out var number) && number > 0))
        {
            result.AddError($"{option.Name} takes numbers of at least 1, joined by commas, such as 1,2");
        }
    }
}
