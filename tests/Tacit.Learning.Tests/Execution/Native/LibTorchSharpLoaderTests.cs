using System.Buffers.Binary;
using System.Reflection;
using System.Text;

namespace Tacit.Learning.Tests.Execution.Native;

public sealed class LibTorchSharpLoaderTests
{
    [Fact]
    public void Changes_one_flag_of_the_packages_library_once()
    {
        var path = typeof(LibTorchSharpLoaderTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "LibTorchSharp")
            .Value!;
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        var library = File.ReadAllBytes(path);
        var before = library.ToArray();

        Assert.True(LibTorchSharpLoader.MarkWeak(library));
        Assert.False(LibTorchSharpLoader.MarkWeak(library));

        var changed = Enumerable.Range(0, library.Length).Where(i => library[i] != before[i]).ToList();
        Assert.Equal(2, library[Assert.Single(changed)] ^ before[changed[0]]);
    }

    [Fact]
    public void Marks_the_one_version_and_no_other()
    {
        var elf = Elf("GLIBCXX_3.4.30", LibTorchSharpLoader.Version);

        Assert.True(LibTorchSharpLoader.MarkWeak(elf));

        Assert.Equal([0, 2], Flags(elf));
        Assert.False(LibTorchSharpLoader.MarkWeak(elf));
    }

    [Fact]
    public void Leaves_a_library_without_the_version_alone()
    {
        var elf = Elf("GLIBCXX_3.4.30", "GLIBCXX_3.4.321");

        Assert.False(LibTorchSharpLoader.MarkWeak(elf));

        Assert.Equal([0, 0], Flags(elf));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(1000)]
    public void Refuses_what_is_no_elf_file(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);

        Assert.Throws<InvalidDataException>(() => LibTorchSharpLoader.MarkWeak(bytes));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(200)]
    [InlineData(270)]
    public void Refuses_an_elf_file_that_is_cut_short(int length) =>
        Assert.Throws<InvalidDataException>(() =>
            LibTorchSharpLoader.MarkWeak(Elf("GLIBCXX_3.4.30", LibTorchSharpLoader.Version)[..length])
        );

    // Header (64 bytes), two sections (64 each): strings, version needs; then one Verneed and two Vernaux (16 each), strings.
    private static byte[] Elf(string first, string second)
    {
        var elf = new byte[320];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1 }.CopyTo(elf, 0);
        Put64(0x28, 64);
        Put16(0x3A, 64);
        Put16(0x3C, 2);
        Put64(64 + 0x18, 240);
        Put32(128 + 4, 0x6ffffffe);
        Put64(128 + 0x18, 192);
        Put32(128 + 0x28, 0);
        Put16(192 + 2, 2);
        Put32(192 + 8, 16);
        Put32(208 + 8, 1);
        Put32(208 + 12, 16);
        Put32(224 + 8, (uint)(2 + first.Length));
        Encoding.ASCII.GetBytes("\0" + first + "\0" + second + "\0").CopyTo(elf, 240);
        return elf;

        void Put16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(at), value);
        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(at), value);
        void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(at), value);
    }

    private static int[] Flags(byte[] elf) => [elf[208 + 4], elf[224 + 4]];
}
