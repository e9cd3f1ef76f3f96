using System.IO;

/// <summary>Makes TorchSharp's arguments outlive the native calls that they are given to.</summary>
/// <remarks>
/// A number in x.mul_(0.5) becomes a TorchSharp.Scalar that owns native memory. Its handle is read before the native call, and from
/// then on optimised code treats it as dead. If an allocation of another thread starts a garbage collection during the call, the
/// finalizer frees the number while it is being read, and the call fails or computes with arbitrary values. This affects TorchSharp's own
/// optimisers, too. In code compiled without optimisation, arguments live to the end of their method. Therefore the DebuggableAttribute
/// of TorchSharp.dll, which specifies how the assembly is compiled, is changed from IgnoreSymbolStoreSequencePoints (2)
/// to that of a debug build (0x107), a change of two bytes. Its methods only call native code, so this costs nothing. Delete this file
/// when a version of TorchSharp after 0.107.0 keeps its arguments alive.
/// </remarks>
public static class TorchSharpLifetimes
{
    // A blob of 8 bytes: prolog 1, the value of the enumeration, no named arguments (ECMA-335, II.23.3).
    private static readonly byte[] Optimised = { 8, 1, 0, 2, 0, 0, 0, 0, 0 };

    /// <summary>Has the assembly compiled without optimisation, in place.</summary>
    /// <returns>True if it was changed; false if it was so already.</returns>
    /// <exception cref="InvalidDataException">It is not the assembly that this was made for.</exception>
    public static bool Keep(byte[] assembly)
    {
        var optimised = Find(assembly, 2, 0);
        if (optimised.Count == 0 && Find(assembly, 7, 1).Count == 1)
        {
            return false;
        }

        if (optimised.Count != 1)
        {
            throw new InvalidDataException(
                "not the TorchSharp.dll that TorchSharpLifetimes.cs was made for: look whether it is still needed"
            );
        }

        assembly[optimised[0] + 3] = 7;
        assembly[optimised[0] + 4] = 1;
        return true;
    }

    private static System.Collections.Generic.List<int> Find(byte[] assembly, byte low, byte high)
    {
        var places = new System.Collections.Generic.List<int>();
        for (var start = 0; start + Optimised.Length <= assembly.Length; start++)
        {
            var matches = true;
            for (var i = 0; i < Optimised.Length && matches; i++)
            {
                matches =
                    assembly[start + i]
                    == (
                        i == 3 ? low
                        : i == 4 ? high
                        : Optimised[i]
                    );
            }

            if (matches)
            {
                places.Add(start);
            }
        }

        return places;
    }
}

#if !TORCHSHARP_LIFETIMES_ONLY
/// <summary>The build step: writes a mended copy of the assembly.</summary>
public sealed class MendTorchSharp : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; }

    [Microsoft.Build.Framework.Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var assembly = File.ReadAllBytes(Source);
        TorchSharpLifetimes.Keep(assembly);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));

        // Written atomically: a build that is stopped here must not leave a partial file that is newer than its inputs.
        File.WriteAllBytes(Destination + ".tmp", assembly);
        File.Delete(Destination);
        File.Move(Destination + ".tmp", Destination);
        return true;
    }
}
#endif
