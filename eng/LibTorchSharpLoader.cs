using System;
using System.IO;
using System.Text;

/// <summary>
/// Makes TorchSharp's native library loadable on systems whose libstdc++ is older than GCC 13's
/// (Debian 12, Ubuntu 22.04, RHEL 9).
/// </summary>
/// <remarks>
/// libLibTorchSharp.so 0.107.0 requires the symbol version GLIBCXX_3.4.32. Its only symbol of that version is
/// _ZSt21ios_base_library_initv, an empty marker that nothing calls. The loader accepts a missing version that is
/// marked weak, so the flag VER_FLG_WEAK is set on this entry of the section .gnu.version_r. If the system has the
/// version, the flag has no effect, so one copy works on every system. Delete this file when
/// TorchSharp is linked against an older libstdc++.
/// </remarks>
public static class LibTorchSharpLoader
{
    public const string Version = "GLIBCXX_3.4.32";

    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort Weak = 0x2;

    /// <summary>Marks <see cref="Version"/> as weak in a 64-bit little-endian ELF image, in place.</summary>
    /// <returns>True if an entry was changed; false if there was none, or it was weak already.</returns>
    /// <exception cref="InvalidDataException">The image is not a 64-bit little-endian ELF file, or is cut short.</exception>
    public static bool MarkWeak(byte[] elf)
    {
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        try
        {
            return MarkWeakInSections(elf);
        }
        catch (ArgumentException outside)
        {
            throw new InvalidDataException("an ELF file whose tables lie outside it", outside);
        }
    }

    private static bool MarkWeakInSections(byte[] elf)
    {
        var sections = (long)BitConverter.ToUInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3A),
            count = BitConverter.ToUInt16(elf, 0x3C);
        var changed = false;
        for (var i = 0; i < count; i++)
        {
            var section = (int)(sections + (long)i * size);
            if (BitConverter.ToUInt32(elf, section + 4) != SectionTypeVersionNeeds)
            {
                continue;
            }

            var strings = (int)(sections + (long)BitConverter.ToUInt32(elf, section + 0x28) * size);
            var names = (int)BitConverter.ToUInt64(elf, strings + 0x18);
            changed |= MarkWeakIn(elf, (int)BitConverter.ToUInt64(elf, section + 0x18), names);
        }

        return changed;
    }

    // Verneed {u16 version, u16 count, u32 file, u32 aux, u32 next}; Vernaux {u32 hash, u16 flags, u16 other, u32 name, u32 next}
    private static bool MarkWeakIn(byte[] elf, int need, int names)
    {
        var changed = false;
        for (var next = -1; next != 0; need += next)
        {
            next = (int)BitConverter.ToUInt32(elf, need + 12);
            var aux = need + (int)BitConverter.ToUInt32(elf, need + 8);
            for (var step = -1; step != 0; aux += step)
            {
                step = (int)BitConverter.ToUInt32(elf, aux + 12);
                var name = names + (int)BitConverter.ToUInt32(elf, aux + 8);
                var flags = BitConverter.ToUInt16(elf, aux + 4);
                if (Encoding.ASCII.GetString(elf, name, Version.Length + 1) == Version + "\0" && (flags & Weak) == 0)
                {
                    elf[aux + 4] |= (byte)Weak;
                    changed = true;
                }
            }
        }

        return changed;
    }
}

#if !LIBTORCHSHARP_LOADER_ONLY
/// <summary>The build step: writes a mended copy of the library.</summary>
public sealed class MendLibTorchSharp : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; }

    [Microsoft.Build.Framework.Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var library = File.ReadAllBytes(Source);
        LibTorchSharpLoader.MarkWeak(library);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));

        // Written atomically: a build that is stopped here must not leave a partial file that is newer than its inputs.
        File.WriteAllBytes(Destination + ".tmp", library);
        File.Delete(Destination);
        File.Move(Destination + ".tmp", Destination);
        return true;
    }
}
#endif
