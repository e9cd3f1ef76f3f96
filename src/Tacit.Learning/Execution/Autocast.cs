using System.Runtime.Intrinsics.X86;
using Tacit.Learning.Execution.Native;
using TorchSharp;

namespace Tacit.Learning.Execution;

/// <summary>Computes convolutions and matrix products in bfloat16, which makes them faster and loses little accuracy.</summary>
/// <remarks>
/// <para>
/// This is libtorch's autocast. TorchSharp does not expose it, so the functions are called by their mangled C++ names. Builds for Windows
/// have other names, so autocast is not available there.
/// </para>
/// <para>
/// Weights, gradients and running statistics stay Float32. The setting applies to one thread, from the call to the end of the scope.
/// Compute losses and the backward pass outside the scope, and convert results to Float32 before. Scopes can be nested.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using (Autocast.BFloat16())
/// {
///     embeddings = module.Run(weights, clips).Output.to(ScalarType.Float32);
/// }
/// </code>
/// </example>
internal static class Autocast
{
    private static readonly Lazy<Functions?> Found = new(Functions.Find);

    /// <summary>Returns whether libtorch exports autocast and computes correctly in bfloat16 on this machine.</summary>
    /// <remarks>
    /// On a machine whose hypervisor hides the processor's caches, bfloat16 gives wrong results on the CPU (logits differed by 15 %). See
    /// <see cref="HiddenCaches"/>.
    /// </remarks>
    /// <param name="device">The type of device: CPU or CUDA. Default CPU.</param>
    public static bool IsAvailable(DeviceType device = DeviceType.CPU) =>
        Found.Value is not null && !(device == DeviceType.CPU && HiddenCaches.AreHidden);

    /// <summary>Whether the processor has bfloat16 instructions (AVX512-BF16). Without them, bfloat16 is slower than Float32.</summary>
    public static bool HasFastBFloat16 =>
        X86Base.IsSupported
        && Avx512F.IsSupported
        && X86Base.CpuId(0, 0).Eax >= 7
        && X86Base.CpuId(7, 0).Eax >= 1
        && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>Starts computing in bfloat16 on this thread.</summary>
    /// <param name="device">The type of device: CPU or CUDA. Default CPU.</param>
    /// <returns>A scope that restores the previous setting. Dispose it on the same thread.</returns>
    /// <exception cref="PlatformNotSupportedException"><see cref="IsAvailable"/> is false.</exception>
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

        /// <summary>Stores the current setting of the thread and switches to bfloat16.</summary>
        public Scope(Functions functions, sbyte device)
        {
            (_functions, _device) = (functions, device);
            (_wasEnabled, _type) = (functions.IsEnabled(device), functions.TypeOf(device));
            functions.Enter();
            functions.SetType(device, (sbyte)torch.ScalarType.BFloat16);
            functions.SetEnabled(device, 1);
        }

        /// <summary>Restores the setting. Further calls have no effect.</summary>
        public void Dispose()
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _functions.SetEnabled(_device, _wasEnabled);
            _functions.SetType(_device, _type);

            // Converted weights are cached. They are removed with the outermost scope, because the weights change afterwards.
            if (_functions.Leave() == 0)
            {
                _functions.ClearCache();
            }
        }
    }

    /// <summary>The functions of at::autocast.</summary>
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

        /// <summary>Finds the functions in libtorch; null if one is missing.</summary>
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

    // c10::DeviceType and c10::ScalarType are enumerations of one signed byte with the values of TorchSharp.
    private delegate byte IsEnabledFunction(sbyte device);

    private delegate void SetEnabledFunction(sbyte device, byte enabled);

    private delegate sbyte GetTypeFunction(sbyte device);

    private delegate void SetTypeFunction(sbyte device, sbyte type);

    private delegate int CountFunction();

    private delegate void ClearFunction();
}
