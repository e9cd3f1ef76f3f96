using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Learning.Execution.Native;

/// <summary>Makes libtorch's convolutions right where a virtual machine hides the caches of its processor.</summary>
/// <remarks>
/// Some hypervisors report no caches (CPUID leaf 4, on AMD 8000001D). On such a machine oneDNN, with which libtorch computes
/// convolutions (seen: version 3.7.1 in libtorch 2.10, on an AMD EPYC of family 26),
/// <list type="bullet">
/// <item>gives other gradients in each run where it uses AVX-512 and more than one thread, up to half of their norm off: it is
/// limited to AVX2;</item>
/// <item>computes wrongly where channels fill no whole blocks of 8, with what memory held before: <see cref="Operators.ChannelBlocks"/>
/// fills them.</item>
/// </list>
/// libtorch also says at every small convolution that NNPACK does not support the machine: NNPACK is switched off. With caches
/// reported, the same processor shows none of the three.
/// </remarks>
internal static class HiddenCaches
{
    /// <summary>The most recent instructions that oneDNN may use. A user's own choice is kept.</summary>
    public const string InstructionLimit = "ONEDNN_MAX_CPU_ISA";

    private const int Amd = 0x68747541; // the first letters of AuthenticAMD
    private const int Hygon = 0x6F677948; // and of HygonGenuine

    /// <summary>Whether this is an x86 processor that reports no caches.</summary>
    public static bool AreHidden { get; } = X86Base.IsSupported && FirstCacheType() == 0;

    /// <summary>Limits oneDNN, which reads the limit when it is first used: before libtorch is loaded.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Whatever of this library is used first, libtorch is not loaded yet.")]
    internal static void LimitInstructions()
    {
        if (AreHidden)
        {
            NativeEnvironment.SetDefault(InstructionLimit, "AVX2");
        }
    }

    /// <summary>Switches NNPACK off, for the whole process, where the caches are hidden.</summary>
    public static void DisableNnpack()
    {
        if (
            AreHidden
            && LibTorchExports.Of("torch_cpu") is { } library
            && library.Function<GetContextFunction>("_ZN2at13globalContextEv") is { } context
            && library.Function<EnableFunction>("_ZN2at7Context20setUserEnabledNNPACKEb") is { } enableNnpack
        )
        {
            enableNnpack(context(), 0);
        }
    }

    // 0 for none, 1 for data, 2 for instructions, 3 for both.
    private static int FirstCacheType()
    {
        var leaf = X86Base.CpuId(0, 0).Ebx is Amd or Hygon ? unchecked((int)0x8000001D) : 4;
        var highest = X86Base.CpuId(leaf & int.MinValue, 0).Eax;
        return (uint)highest < (uint)leaf ? 0 : X86Base.CpuId(leaf, 0).Eax & 31;
    }

    private delegate nint GetContextFunction();

    private delegate void EnableFunction(nint context, byte enabled);
}
