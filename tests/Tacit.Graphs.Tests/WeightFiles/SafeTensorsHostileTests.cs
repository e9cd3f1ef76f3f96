using System.Text;
using CsCheck;
using Tacit.Graphs.WeightFiles;

namespace Tacit.Graphs.Tests.WeightFiles;

public sealed class SafeTensorsHostileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private string Target => Path.Combine(_folder.FullName, "file.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("", "has only")]
    [InlineData("short", "has only")]
    [InlineData("not a weight file at all", "header claims")]
    public void Refuses_other_files(string content, string reason)
    {
        File.WriteAllText(Target, content);

        AssertRefused(reason);
    }

    [Theory]
    [InlineData(""" {"x":1} """, 0, "not a JSON object")]
    [InlineData("""[1]""", 0, "not a JSON object")]
    [InlineData("""{"x":""", 0, "not valid JSON")]
    [InlineData("""{"x":1}""", 0, "needs dtype")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1]}}""", 4, "needs dtype")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4, "needs dtype")]
    [InlineData("""{"x":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown type")]
    [InlineData("""{"x":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "unknown type")]
    [InlineData("""{"x":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "list of at most")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "list of at most")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "list of at most")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not fit")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "does not fit")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "begin and an end")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", 4, "begin and an end")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}""", 4, "begin and an end")]
    [InlineData("""{"x":{"dtype":"U8","shape":[9000000000000],"data_offsets":[0,9000000000000]}}""", 4, "cannot be read")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "past the end")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "gap")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""",
        6,
        "overlaps"
    )]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "twice"
    )]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "belong to no tensor")]
    [InlineData("""{"__metadata__":[]}""", 0, "object of strings")]
    [InlineData("""{"__metadata__":{"x":1}}""", 0, "not a string")]
    [InlineData("""{"\ud800":1}""", 0, "not Unicode")]
    public void RefusesHeadersThatLie(string header, int dataBytes, string reason)
    {
        Write(Encoding.UTF8.GetBytes(header), dataBytes);

        AssertRefused(reason);
    }

    [Fact]
    public void Refuses_a_header_that_is_not_text()
    {
        Write([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'], 0);

        AssertRefused("not valid JSON");
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(50UL)]
    public void Refuses_a_lying_length_of_the_header(ulong length)
    {
        File.WriteAllBytes(Target, [.. BitConverter.GetBytes(length), .. "{}      "u8]);

        AssertRefused("header claims");
    }

    // Any truncation or flipped bits result in a readable file or in one clear error.
    [Fact]
    public void Damage_is_refused_in_one_line_or_harmless()
    {
        SafeTensors.Write(
            Target,
            [KeyValuePair.Create("a", TensorData.Of([1f, 2f, 3f])), KeyValuePair.Create("b", TensorData.Of<byte>([1, 2, 3]))],
            [KeyValuePair.Create("k", "v")]
        );
        var whole = File.ReadAllBytes(Target);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool)
            .Sample(
                (place, value, cut) =>
                {
                    byte[] damaged = cut ? whole[..place] : [.. whole];
                    if (!cut)
                    {
                        damaged[place] = value;
                    }

                    File.WriteAllBytes(Target, damaged);
                    try
                    {
                        SafeTensors.Read(Target);
                        Assert.False(cut);
                    }
                    catch (InvalidFileException e)
                    {
                        Assert.DoesNotContain('\n', e.Message);
                        Assert.Equal(Target, e.Path);
                    }
                },
                iter: 400,
                threads: 1
            );
    }

    private void Write(byte[] header, int dataBytes) =>
        File.WriteAllBytes(Target, [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. new byte[dataBytes]]);

    private void AssertRefused(string reason)
    {
        var refusal = Assert.Throws<InvalidFileException>(() => SafeTensors.Read(Target));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
