using System.Runtime.InteropServices;
using TorchSharp;

namespace Tacit.Learning.Execution.Native;

/// <summary>Gives access to C++ functions of libtorch that TorchSharp does not expose.</summary>
/// <remarks>The functions are found by the mangled names of GCC and Clang. Windows has other names, so nothing is found there.</remarks>
internal sealed class LibTorchExports
{
    private readonly nint _library;

    private LibTorchExports(nint library) => _library = library;

    /// <summary>Opens one of libtorch's libraries. Loads libtorch if this has not happened yet.</summary>
    /// <param name="library">The name without prefix and extension, for example "torch_cpu".</param>
    /// <returns>The exports; null if the library is not found under the name of this operating system.</returns>
    public static LibTorchExports? Of(string library)
    {
        // TorchSharp loads its own libtorch first, which is then found by name in any folder.
        torch.InitializeDeviceType(DeviceType.CPU);
        return NativeLibrary.TryLoad($"lib{library}{(OperatingSystem.IsMacOS() ? ".dylib" : ".so")}", out var handle)
            ? new LibTorchExports(handle)
            : null;
    }

    /// <summary>Returns a function as a delegate.</summary>
    /// <typeparam name="T">A delegate type whose parameters match the native function. A mismatch is not detected.</typeparam>
    /// <param name="name">The mangled name.</param>
    /// <returns>The function; null if this version of libtorch does not export it.</returns>
    public T? Function<T>(string name)
        where T : Delegate =>
        NativeLibrary.TryGetExport(_library, name, out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;
}
