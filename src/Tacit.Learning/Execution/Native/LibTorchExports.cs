using System.Runtime.InteropServices;
using TorchSharp;

namespace Tacit.Learning.Execution.Native;

/// <summary>Functions of libtorch that TorchSharp does not expose.</summary>
/// <remarks>They are found by the names that GCC and Clang give them, so there are none on Windows.</remarks>
internal sealed class LibTorchExports
{
    private readonly nint _library;

    private LibTorchExports(nint library) => _library = library;

    /// <summary>The exports of one of libtorch's libraries; null where this system's has another name.</summary>
    /// <param name="library">Its name without prefix and extension, such as "torch_cpu".</param>
    public static LibTorchExports? Of(string library)
    {
        // Makes sure that TorchSharp has loaded its own; it is then found by name, wherever it lies.
        torch.InitializeDeviceType(DeviceType.CPU);
        return NativeLibrary.TryLoad($"lib{library}{(OperatingSystem.IsMacOS() ? ".dylib" : ".so")}", out var handle)
            ? new LibTorchExports(handle)
            : null;
    }

    /// <summary>A function by its mangled name; null where this libtorch has none of that name.</summary>
    public T? Function<T>(string name)
        where T : Delegate =>
        NativeLibrary.TryGetExport(_library, name, out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;
}
