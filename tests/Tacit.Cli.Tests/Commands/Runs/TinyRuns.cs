using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Tests.Commands.Runs;

/// <summary>Run folders with fixed contents: 40 steps of synthesis and 100 of fine-tuning. The losses depend on the seed.</summary>
internal sealed class TinyRuns : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The clock of the commands that are tested.</summary>
    public FixedTime Now { get; } = new(new DateTimeOffset(2026, 3, 14, 12, 0, 0, TimeSpan.Zero));

    public string Root => _folder.Root;

    public string this[string name] => _folder[name];

    /// <summary>Writes a run. It stays open until it is disposed.</summary>
    public RunFolder Begin(string name, ulong seed = 1, double rate = 0.1, int hoursAgo = 3)
    {
        var started = Now.GetUtcNow().AddHours(-hoursAgo);
        var description = new RunDescription
        {
            Command = "quantize",
            Options = new JsonObject
            {
                ["_type"] = "TinyOptions",
                ["_version"] = 1,
                ["learningRate"] = rate,
                ["preset"] = "fast",
                ["samples"] = 256,
                ["device"] = null,
            },
            Seed = seed,
            ThreadCount = 2,
            Inputs = [new RunInput("model", "/models/tiny.onnx", new string('a', 64))],
            Libraries = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["tacit"] = "0.1.0",
                ["torchsharp"] = "0.107.0",
            }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
        var time = new FixedTime(started);
        var run = RunFolder.Create(_folder[name], description, time: time);
        File.SetLastWriteTimeUtc(Path.Combine(_folder[name], "run.json"), started.UtcDateTime);
        for (var step = 1; step <= 40; step++)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            run.Metrics.Append("synthesis", step, [new("bns", 20.0 / step), new("loss", seed + 20.0 / step)]);
        }

        for (var step = 1; step <= 100; step++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            run.Metrics.Append(
                "fine-tuning",
                step,
                [new("gradient", step == 50 ? double.NaN : 1), new("loss", 2 * Math.Exp(-rate * step) + Math.Sin(step / 8.0) / 4 + 0.5)]
            );
        }

        return run;
    }

    /// <summary>Writes a finished run with a given agreement with the float network.</summary>
    public void Finish(string name, double agreement, ulong seed = 1, double rate = 0.1, int hoursAgo = 3)
    {
        using var run = Begin(name, seed, rate, hoursAgo);
        File.WriteAllText(Path.Combine(_folder[name], RunFolder.ReportName), "");
        var result = new JsonObject
        {
            ["agreement"] = agreement,
            ["cosine_similarity"] = null,
            ["snr_db"] = 21.5,
            ["bytes_after"] = 20_000,
            ["seconds"] = 75,
        };
        File.WriteAllText(Path.Combine(_folder[name], RunFolder.ResultName), result.ToJsonString());
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>A clock in UTC that only advances when it is told to.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public void Advance(TimeSpan time) => _now += time;

    public override DateTimeOffset GetUtcNow() => _now;
}
