using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Learning.Execution.Native;

/// <summary>Works around wrong results of libtorch on virtual machines that hide the processor's caches.</summary>
/// <remarks>
/// <para>
/// Some hypervisors report no caches (CPUID leaf 4, on AMD 8000001D). oneDNN, which computes libtorch's convolutions, then has two defects
/// (seen with version 3.7.1 in libtorch 2.10 on an AMD EPYC of family 26):
/// </para>
/// <list type="bullet">
/// <item>
/// With AVX-512 and more than one thread, gradients differ from run to run, by up to half of their norm. oneDNN is therefore limited to
/// AVX2.
/// </item>
/// <item>
/// If the number of channels is not a multiple of 8, results depend on uninitialised memory. <see cref="Operators.ChannelBlocks"/>
/// therefore pads the channels.
/// </item>
/// </list>
/// <para>
/// libtorch also prints a warning at every small convolution that NNPACK does not support the machine, so NNPACK is disabled. If caches are
/// reported, the same processor shows none of these problems, and this class does nothing.
/// </para>
/// </remarks>
internal static class HiddenCaches
{
    /// <summary>The environment variable that limits the instructions of oneDNN. A value set by the user is kept.</summary>
    public const string InstructionLimit = "ONEDNN_MAX_CPU_ISA";

    private const int Amd = 0x68747541; // the first letters of AuthenticAMD
    private const int Hygon = 0x6F677948; // and of HygonGenuine

    /// <summary>Whether the machine has an x86 processor that reports no caches.</summary>
    public static bool AreHidden { get; } = X86Base.IsSupported && FirstCacheType() == 0;

    /// <summary>Limits oneDNN to AVX2. It runs when this assembly is loaded, because oneDNN reads the limit at its first use.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Whatever of this library is used first, libtorch is not loaded yet.")]
    internal static void LimitInstructions()
    {
        if (AreHidden)
        {
            NativeEnvironment.SetDefault(InstructionLimit, "AVX2");
        }
    }

    /// <summary>Disables NNPACK for the whole process if the caches are hidden.</summary>
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

    /// <summary>Returns the type of the first cache that CPUID reports: 0 for none, 1 for data, 2 for instructions, 3 for both.</summary>
    private static int FirstCacheType()
    {
        var leaf = X86Base.CpuId(0, 0).Ebx is Amd or Hygon ? unchecked((int)0x8000001D) : 4;
        var highest = X86Base.CpuId(leaf & int.MinValue, 0).Eax;
        return (uint)highest < (uint)leaf ? 0 : X86Base.CpuId(leaf, 0).Eax & 31;
    }

    private delegate nint GetContextFunction();

    private delegate void EnableFunction(nint context, byte enabled);
}
