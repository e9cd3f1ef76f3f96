using System.Runtime.Intrinsics.X86;
using Tacit.Learning.Execution.Native;
using TorchSharp;

namespace Tacit.Learning.Execution;

/// <summary>Computes in bfloat16 what loses little by it: convolutions and matrix products.</summary>
/// <remarks>
/// Weights, gradients and running statistics stay Float32. It is libtorch's autocast, which TorchSharp does not expose: the
/// functions are found by the names that GCC and Clang give them, so there is none on Windows. It holds for one thread, from
/// the call to the end of the scope; losses and the backward pass belong outside it, and results read outside it should be made
/// Float32 first. Two scopes may nest.
/// </remarks>
/// <example><code>
/// using (Autocast.BFloat16())
/// {
///     embeddings = module.Run(weights, clips).Output.to(ScalarType.Float32);
/// }
/// </code></example>
internal static class Autocast
{
    private static readonly Lazy<Functions?> Found = new(Functions.Find);

    /// <summary>
    /// Whether this libtorch has the functions, and computes rightly in bfloat16: not on a processor whose caches a virtual machine
    /// hides, where logits were 15 % off.
    /// </summary>
    /// <param name="device">The type of device: the CPU or CUDA.</param>
    public static bool IsAvailable(DeviceType device = DeviceType.CPU) =>
        Found.Value is not null && !(device == DeviceType.CPU && HiddenCaches.AreHidden);

    /// <summary>Whether the processor has bfloat16 instructions (AVX512-BF16); without them bfloat16 is slower than Float32.</summary>
    public static bool HasFastBFloat16 =>
        X86Base.IsSupported
        && Avx512F.IsSupported
        && X86Base.CpuId(0, 0).Eax >= 7
        && X86Base.CpuId(7, 0).Eax >= 1
        && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>Computes in bfloat16 on this thread until the returned object is disposed, on the same thread.</summary>
    /// <param name="device">The type of device: the CPU or CUDA.</param>
    /// <exception cref="PlatformNotSupportedException">It is not <see cref="IsAvailable"/>.</exception>
    public static IDisposable BFloat16(DeviceType device = DeviceType.CPU) =>
        new Scope(
            IsAvailable(device)
                ? Found.Value!
                : throw new PlatformNotSupportedException(
                    Found.Value is not null
                        ? "bfloat16 is computed wrongly on this machine, which hides the caches of its processor; compute in Float32"
                        : "this libtorch does not export autocast; compute in Float32"
                ),
            (sbyte)device
        );

    private sealed class Scope : IDisposable
    {
        private readonly Functions _functions;
        private readonly sbyte _device;
        private readonly byte _wasEnabled;
        private readonly sbyte _type;
        private bool _disposed;

        public Scope(Functions functions, sbyte device)
        {
            (_functions, _device) = (functions, device);
            (_wasEnabled, _type) = (functions.IsEnabled(device), functions.TypeOf(device));
            functions.Enter();
            functions.SetType(device, (sbyte)torch.ScalarType.BFloat16);
            functions.SetEnabled(device, 1);
        }

        public void Dispose()
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _functions.SetEnabled(_device, _wasEnabled);
            _functions.SetType(_device, _type);

            // The converted weights that were kept for reuse go with the outermost scope, as they change after it.
            if (_functions.Leave() == 0)
            {
                _functions.ClearCache();
            }
        }
    }

    private sealed record Functions(
        IsEnabledFunction IsEnabled,
        SetEnabledFunction SetEnabled,
        GetTypeFunction TypeOf,
        SetTypeFunction SetType,
        CountFunction Enter,
        CountFunction Leave,
        ClearFunction ClearCache
    )
    {
        private const string Space = "_ZN2at8autocast";

        public static Functions? Find()
        {
            return
                LibTorchExports.Of("torch_cpu") is { } library
                && Export<IsEnabledFunction>("19is_autocast_enabledEN3c1010DeviceTypeE") is { } isEnabled
                && Export<SetEnabledFunction>("20set_autocast_enabledEN3c1010DeviceTypeEb") is { } setEnabled
                && Export<GetTypeFunction>("18get_autocast_dtypeEN3c1010DeviceTypeE") is { } getType
                && Export<SetTypeFunction>("18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE") is { } setType
                && Export<CountFunction>("17increment_nestingEv") is { } enter
                && Export<CountFunction>("17decrement_nestingEv") is { } leave
                && Export<ClearFunction>("11clear_cacheEv") is { } clear
                ? new Functions(isEnabled, setEnabled, getType, setType, enter, leave, clear)
                : null;

            T? Export<T>(string name)
                where T : Delegate => library.Function<T>(Space + name);
        }
    }

    // c10::DeviceType and c10::ScalarType are enumerations of one signed byte, with TorchSharp's numbers.
    private delegate byte IsEnabledFunction(sbyte device);

    private delegate void SetEnabledFunction(sbyte device, byte enabled);

    private delegate sbyte GetTypeFunction(sbyte device);

    private delegate void SetTypeFunction(sbyte device, sbyte type);

    private delegate int CountFunction();

    private delegate void ClearFunction();
}
