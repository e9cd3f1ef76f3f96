using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Inference.Sessions;

/// <summary>The instructions with which this processor multiplies 8-bit integers, which ONNX Runtime's kernels are written for.</summary>
public static class IntegerInstructions
{
    /// <summary>Their name, such as "AVX-512 VNNI", "AVX2" or "Arm64".</summary>
    public static string Name { get; } = Find();

    /// <summary>
    /// Whether they add two products in 16 bits, which saturate: on x86 without VNNI. A network is exact there where no layer's
    /// <see cref="KernelReport.Bounds"/> pass the limit.
    /// </summary>
    public static bool Saturate { get; } = X86Base.IsSupported && !Name.EndsWith("VNNI", StringComparison.Ordinal);

    private static string Find()
    {
        if (!X86Base.IsSupported)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        var (_, ebx, ecx, _) = X86Base.CpuId(0, 0).Eax >= 7 ? X86Base.CpuId(7, 0) : default;
        return Avx512F.IsSupported && (ecx & (1 << 11)) != 0 ? "AVX-512 VNNI"
            : AvxVnni.IsSupported ? "AVX-VNNI"
            : Avx512F.IsSupported && (ebx & (1 << 30)) != 0 ? "AVX-512"
            : Avx2.IsSupported ? "AVX2"
            : "SSE";
    }
}
