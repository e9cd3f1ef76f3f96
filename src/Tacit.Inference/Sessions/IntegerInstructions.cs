using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Inference.Sessions;

/// <summary>Describes the instructions that ONNX Runtime's kernels use on this processor to multiply 8-bit integers.</summary>
public static class IntegerInstructions
{
    /// <summary>
    /// The name of the instruction set: "AVX-512 VNNI", "AVX-VNNI", "AVX-512", "AVX2" or "SSE" on x86, otherwise the
    /// architecture, such as "Arm64".
    /// </summary>
    public static string Name { get; } = Find();

    /// <summary>
    /// Whether the instructions add two products in a saturating 16-bit integer, which applies to x86 without VNNI. On such a
    /// processor a network is computed exactly only if no bound in <see cref="KernelReport.Bounds"/> exceeds the 16-bit range.
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
