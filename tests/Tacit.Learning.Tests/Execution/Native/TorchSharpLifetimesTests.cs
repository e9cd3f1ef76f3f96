using System.Diagnostics;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution.Native;

public sealed class TorchSharpLifetimesTests
{
    [Fact]
    public void Changes_two_bytes_of_the_packages_assembly_once()
    {
        var path = typeof(TorchSharpLifetimesTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "TorchSharp")
            .Value!;
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        var assembly = File.ReadAllBytes(path);
        var before = assembly.ToArray();

        Assert.True(TorchSharpLifetimes.Keep(assembly));
        Assert.False(TorchSharpLifetimes.Keep(assembly));
        Assert.Equal(2, assembly.Where((value, at) => value != before[at]).Count());
    }

    [Fact]
    public void Refuses_another_assembly() => Assert.Throws<InvalidDataException>(() => TorchSharpLifetimes.Keep(new byte[1000]));

    [Fact]
    public void The_assembly_in_use_is_the_mended_one() =>
        Assert.True(typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);

    // Without the correction, this fails within the first few thousand calls.
    [Fact]
    public async Task Numbers_outlive_the_calls_that_read_them()
    {
        using var stop = new CancellationTokenSource();
        var allocating = Task.Run(
            () =>
            {
                for (var kept = new byte[16][]; !stop.IsCancellationRequested; )
                {
                    kept[Environment.TickCount64 % 16] = new byte[100_000];
                }
            },
            CancellationToken.None
        );
        Multiply(calls: 30_000);
        await stop.CancelAsync();
        await allocating;
    }

    private static void Multiply(int calls)
    {
        using var values = ones(2000);
        for (var call = 0; call < calls; call++)
        {
            values.mul_(1 + (call * 1e-12));
        }

        Assert.Equal(1, values[0].ToDouble(), 1e-2);
    }
}
