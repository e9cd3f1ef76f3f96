using System.Runtime.Intrinsics.X86;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Sessions;

public sealed class IntegerInstructionsTests
{
    [Fact]
    public void They_are_those_that_the_system_names()
    {
        Assert.SkipUnless(X86Base.IsSupported && File.Exists("/proc/cpuinfo"), "the system does not tell");
        var flags = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ');

        var expected =
            flags.Contains("avx512_vnni") ? "AVX-512 VNNI"
            : flags.Contains("avx_vnni") ? "AVX-VNNI"
            : flags.Contains("avx512bw") ? "AVX-512"
            : flags.Contains("avx2") ? "AVX2"
            : "SSE";

        Assert.Equal(
            (expected, !expected.EndsWith("VNNI", StringComparison.Ordinal)),
            (IntegerInstructions.Name, IntegerInstructions.Saturate)
        );
    }
}
