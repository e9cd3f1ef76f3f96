using System.IO.Compression;
using System.Text;
using Tacit.Graphs.WeightFiles;

namespace Tacit.Graphs.Tests.WeightFiles;

// Files that try to run code or to exhaust the memory, and damaged files.
public sealed class PyTorchHostileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private string Target => Path.Combine(_folder.FullName, "weights.pth");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, string> CodeThatRuns =>
        new()
        {
            { "posix.system", "cposix\nsystem\nX\x04\0\0\0true\x85R." },
            { "os.system", "cos\nsystem\n(X\x04\0\0\0truetR." },
            { "builtins.eval", "}X\x01\0\0\0wcbuiltins\neval\nX\x03\0\0\0\x31+1\x85Rs." },
            { "builtins.exec", "\x8c\x08" + "builtins\x8c\x04" + "exec\x93)R." },
            { "os.system", "(ios\nsystem\n." },
            { "subprocess.Popen", "(csubprocess\nPopen\nX\x04\0\0\0trueo." },
            { "__main__.Net", "c__main__\nNet\n)\x81}b." },
            { "torch.jit.load", "ccollections\nOrderedDict\n)R}X\x01\0\0\0actorch.jit\nload\nsb." },
            { "builtins.getattr", "ctorch._tensor\n_rebuild_from_type_v2\n(cbuiltins\ngetattr\nctorch\nTensor\n)}tR." },
        };

    [Theory]
    [MemberData(nameof(CodeThatRuns))]
    public void Refuses_to_run_code(string global, string pickle)
    {
        var sketch = new PickleSketch().Op(pickle);
        foreach (var file in new[] { sketch.InZip(), sketch.InStream(), sketch.Bytes })
        {
            var message = Refusal(file);

            Assert.Equal(
                $"{Target} asks to run {global}: refused; a weight file holds tensors only, as torch.save(network.state_dict(), …) writes them",
                message
            );
        }
    }

    [Theory]
    [InlineData("cos.system\n(\n.", "os.system.(")]
    [InlineData("c\n\x1b[2J\n.", "?[2J")]
    public void Names_what_a_file_asks_for_in_one_line(string pickle, string shown) =>
        Assert.Contains(shown, Refusal(new PickleSketch().Op(pickle).InZip()), StringComparison.Ordinal);

    [Theory]
    [InlineData("\x82\x01.", "0x82")]
    [InlineData("I1\n.", "0x49")]
    [InlineData("P1\n.", "0x50")]
    [InlineData("t.", "mark")]
    [InlineData("R.", "does not exist")]
    [InlineData("(\x85.", "does not exist")]
    [InlineData("h\x05.", "object 5")]
    [InlineData("K\x01K\x01\x86R.", "cannot be called|does not exist")]
    [InlineData("K\x01)R.", "calls something")]
    [InlineData("ctorch\nFloatStorage\n)R.", "torch.FloatStorage, which cannot be called")]
    [InlineData("(ctorch.nn.parameter\nParameter\nX\x01\0\0\0xo.", "no tensors by name")]
    [InlineData("K\x01K\x02K\x03s.", "not a dictionary")]
    [InlineData("K\x01K\u0002a.", "not a list")]
    [InlineData("}(K\x01u.", "not a dictionary")]
    [InlineData("K\x01Q.", "not a storage")]
    [InlineData("X\xff\xff\xff\xff", "ends in the middle")]
    [InlineData("\x8d\xff\xff\xff\xff\xff\xff\xff\xff", "ends in the middle")]
    [InlineData("B\xff\xff\xff\x7f", "ends in the middle")]
    [InlineData("\x8b\xff\xff\xff\x7f", "a number of 2147483647 bytes")]
    [InlineData("\x80\x00.", "protocol 0")]
    [InlineData("\x80\x06.", "protocol 6")]
    [InlineData("", "ends in the middle")]
    [InlineData("K\x01.", "no tensors by name")]
    [InlineData("}.", "no tensors by name")]
    [InlineData("}X\x05\0\0\0epochK\x01s.", "it has epoch")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R.", "arguments that do not fit")]
    [InlineData("ctorch._utils\n_rebuild_parameter\n)R.", "arguments that do not fit")]
    [InlineData("ccollections\nOrderedDict\nK\x01\x85R.", "arguments that do not fit")]
    public void Refuses_pickles_that_make_no_sense(string pickle, string reason)
    {
        var message = Refusal(new PickleSketch().Op(pickle).InZip());

        Assert.True(reason.Split('|').Any(part => message.Contains(part, StringComparison.Ordinal)), message);
    }

    [Fact]
    public void Refuses_an_endless_pickle()
    {
        var file = new byte[5_000_000];
        Array.Fill(file, (byte)')');
        (file[0], file[1]) = (0x80, 2);

        Assert.Contains("4000000 operations", Refusal(file), StringComparison.Ordinal);
    }

    // Each group of a few bytes copies the same list of pairs again.
    [Theory]
    [InlineData(1900, "no tensors by name")]
    [InlineData(2100, "arguments that do not fit")]
    public void Refuses_a_list_that_is_copied_again_and_again(int copies, string reason)
    {
        var pickle = new PickleSketch()
            .Op("]q\0(" + string.Concat(Enumerable.Repeat("K\x01K\x02\x86", 2000)) + "e")
            .Global("collections", "OrderedDict")
            .Op("q\x01");
        pickle.Op(string.Concat(Enumerable.Repeat("h\x01h\0\x85R", copies)) + ".");

        Assert.Contains(reason, Refusal(pickle.InZip()), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_name_that_does_not_end() =>
        Assert.Contains("does not end", Refusal(new PickleSketch().Op("c" + new string('x', 5000)).InZip()), StringComparison.Ordinal);

    // An object that contains itself. Nothing requires following it.
    [Fact]
    public void Is_not_led_in_circles()
    {
        var pickle = new PickleSketch().Op("}q\0").Text("state_dict").Op("h\0s.");

        Assert.Contains("no tensors by name", Refusal(pickle.InZip()), StringComparison.Ordinal);
    }

    public static TheoryData<long, long, long[], long[], string, string> Sizes =>
        new()
        {
            { 2, 0, [3], [1], "FloatStorage", "outside its storage" },
            { 2, 1, [2], [1], "FloatStorage", "outside its storage" },
            { 2, 0, [2], [2], "FloatStorage", "outside its storage" },
            { 2, 0, [1_000_000], [0], "FloatStorage", "outside its storage" },
            { 2, 0, [1L << 32, 1L << 32], [0, 0], "FloatStorage", "outside its storage" },
            { 2, 0, [2], [long.MaxValue], "FloatStorage", "outside its storage" },
            { 2, long.MaxValue, [2], [1], "FloatStorage", "outside its storage" },
            { 2, -1, [1], [1], "FloatStorage", "do not fit" },
            { 2, 0, [-1], [1], "FloatStorage", "do not fit" },
            { 2, 0, [1], [-1], "FloatStorage", "do not fit" },
            { 2, 0, [1], [1, 1], "FloatStorage", "do not fit" },
            { 1L << 40, 0, [1L << 40], [1], "FloatStorage", "claims" },
            { long.MaxValue, 0, [1], [1], "FloatStorage", "claims" },
            { -1, 0, [1], [1], "FloatStorage", "not a storage" },
            { 4, 0, [4], [1], "FloatStorage", "8 bytes" },
            { 2, 0, [2], [1], "DoubleStorage", "8 bytes" },
            { 2, 0, [2], [1], "ComplexFloatStorage", "ComplexFloatStorage: refused" },
            { 2, 0, [2], [1], "QInt8Storage", "QInt8Storage: refused" },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Refuses_sizes_that_lie(long count, long offset, long[] sizes, long[] strides, string storage, string reason)
    {
        var file = PickleSketch.OfTensor(count, offset, sizes, strides, storage).InZip(("net/data/0", new byte[8]));

        Assert.Contains(reason, Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_many_copies_of_one_storage()
    {
        var pickle = new PickleSketch().Op("}");
        for (var i = 0; i < 100; i++)
        {
            pickle.Text($"w{i}").Tensor("0", 10_000, 0, [100, 100], [1, 100]).Op("s");
        }

        Assert.Contains("more than 16 times", Refusal(pickle.Op(".").InZip(("net/data/0", new byte[40_000]))), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_storage_that_is_missing() =>
        Assert.Contains("is missing", Refusal(PickleSketch.OfTensor(1, 0, [1], [1]).InZip()), StringComparison.Ordinal);

    [Fact]
    public void Refuses_big_endian_files()
    {
        var pickle = PickleSketch.OfTensor(1, 0, [1], [1]);

        Assert.Contains(
            "big-endian",
            Refusal(pickle.InZip(("net/byteorder", "big"u8.ToArray()), ("net/data/0", new byte[4]))),
            StringComparison.Ordinal
        );
        Assert.Contains("big-endian", Refusal(pickle.InStream(littleEndian: false, ("0", [1f]))), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_compressed_entries()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("net/data.pkl", CompressionLevel.Optimal).Open();
            entry.Write(new byte[100_000_000]);
        }

        Assert.InRange(stream.Length, 1, 1_000_000);
        Assert.Contains("is compressed", Refusal(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_other_archives()
    {
        Assert.Contains("holds no data.pkl", Refusal(PickleSketch.Zip(("word/document.xml", [1, 2]))), StringComparison.Ordinal);
        Assert.Contains("damaged zip", Refusal(Encoding.Latin1.GetBytes("PK\x03\x04 and no more")), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_stream_whose_storages_do_not_fit()
    {
        var pickle = PickleSketch.OfTensor(2, 0, [2], [1]);

        Assert.Contains("should hold 2 numbers", Refusal(pickle.InStream(true, ("0", [1f]))), StringComparison.Ordinal);
        Assert.Contains("does not fit its pickle", Refusal(pickle.InStream(true, ("1", [1f, 2f]))), StringComparison.Ordinal);
        Assert.Contains("is missing", Refusal(pickle.InStream()), StringComparison.Ordinal);
        Assert.Contains("did not write", Refusal(new PickleSketch().Op("}.").Bytes), StringComparison.Ordinal);
    }

    // Truncation at any position and any flipped bits result in weights or in one clear error.
    [Theory]
    [InlineData("types.pth")]
    [InlineData("types-legacy.pth")]
    [InlineData("training.pth")]
    [InlineData("training-legacy.pth")]
    [InlineData("storage-views.pth")]
    public void Damage_is_refused_in_one_line_or_harmless(string file)
    {
        var whole = File.ReadAllBytes(GoldenFile.Path(file));
        for (var length = 0; length < whole.Length; length += 1 + whole.Length / 400)
        {
            Assert.False(Reads(whole[..length]), $"cut at {length}");
        }

        var random = new Random(whole.Length);
        var read = 0;
        const int Rounds = 300;
        for (var round = 0; round < Rounds; round++)
        {
            byte[] damaged = [.. whole];
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            read += Reads(damaged) ? 1 : 0;
        }

        Assert.InRange(read, 1, Rounds - 1);
    }

    private bool Reads(byte[] bytes)
    {
        File.WriteAllBytes(Target, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            WeightFile.Read(Target);
            return true;
        }
        catch (InvalidFileException refusal)
        {
            Assert.Equal(Target, refusal.Path);
            Assert.DoesNotContain('\n', refusal.Message);
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
        }
    }

    private string Refusal(byte[] bytes)
    {
        File.WriteAllBytes(Target, bytes);
        var refusal = Assert.Throws<InvalidFileException>(() => WeightFile.Read(Target));
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }
}
