using CsCheck;
using Tacit.Graphs.WeightFiles;

namespace Tacit.Graphs.Tests.WeightFiles;

public sealed class SafeTensorsTests : IDisposable
{
    private static readonly ElementType[] Types =
    [
        ElementType.Boolean,
        ElementType.UInt8,
        ElementType.Int8,
        ElementType.UInt16,
        ElementType.Int16,
        ElementType.Float16,
        ElementType.BFloat16,
        ElementType.UInt32,
        ElementType.Int32,
        ElementType.Float32,
        ElementType.UInt64,
        ElementType.Int64,
        ElementType.Float64,
    ];

    private static readonly Gen<TensorData> GenTensor =
        from type in Gen.Int[0, Types.Length - 1].Select(index => Types[index])
        from sizes in Gen.Long[0, 4].Array[0, 4]
        from bytes in Gen.Byte.Array[(int)type.Bytes(sizes.Aggregate(1L, (product, size) => product * size))]
        select new TensorData(type, sizes, bytes);

    private static readonly Gen<Dictionary<string, TensorData>> GenTensors = Gen.Dictionary(
        Gen.String[Gen.Char['\u0020', '\u2fff'], 0, 12],
        GenTensor
    )[0, 8];

    private static readonly Gen<Dictionary<string, string>> GenMetadata = Gen.Dictionary(
        Gen.String[Gen.Char['\u0000', '\u2fff'], 0, 12],
        Gen.String[Gen.Char['\u0000', '\u2fff'], 0, 12]
    )[0, 4];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private string Target => Path.Combine(_folder.FullName, "file.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Reads_what_it_wrote() =>
        Gen.Select(GenTensors, GenMetadata)
            .Sample(
                (tensors, metadata) =>
                {
                    SafeTensors.Write(Target, tensors, metadata);
                    var file = SafeTensors.Read(Target);

                    Assert.Equal(metadata.OrderBy(text => text.Key, StringComparer.Ordinal), file.Metadata);
                    Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
                    foreach (var (name, tensor) in tensors)
                    {
                        Assert.Equal(tensor.Type, file.Tensors[name].Type);
                        Assert.True(tensor.Bytes.SequenceEqual(file.Tensors[name].Bytes));
                    }
                },
                iter: 200,
                threads: 1
            );

    [Fact]
    public void Order_of_the_tensors_does_not_change_the_bytes()
    {
        KeyValuePair<string, TensorData>[] tensors =
        [
            KeyValuePair.Create("b", TensorData.Of([1f, 2f])),
            KeyValuePair.Create("a", TensorData.Of<byte>([1])),
            KeyValuePair.Create("c", TensorData.Of([3L])),
        ];
        SafeTensors.Write(Target, tensors);
        var first = File.ReadAllBytes(Target);

        SafeTensors.Write(Target, tensors.Reverse());

        Assert.Equal(first, File.ReadAllBytes(Target));
    }

    // The bytes as the specification of the format defines them, written by hand.
    [Fact]
    public void Reads_the_example_of_the_specification()
    {
        const string header = """{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]},"__metadata__":{"format":"pt"}}""";
        using (var writer = new BinaryWriter(File.Create(Target)))
        {
            writer.Write((ulong)header.Length);
            writer.Write(header.ToCharArray());
            new[] { 1, 2, 3, 4 }.ToList().ForEach(writer.Write);
        }

        var file = SafeTensors.Read(Target);

        Assert.Equal([1, 2, 3, 4], file.Tensors["test"].As<int>().ToArray());
        Assert.Equal(new Shape(2, 2), file.Tensors["test"].Shape);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Data_begins_at_a_multiple_of_eight_bytes()
    {
        SafeTensors.Write(Target, [KeyValuePair.Create("x", TensorData.Of([1.0]))]);

        Assert.Equal(0UL, BitConverter.ToUInt64(File.ReadAllBytes(Target)) % 8);
    }

    [Fact]
    public void Refuses_to_write_a_type_that_the_format_lacks() =>
        Assert.Throws<ArgumentException>(() =>
            SafeTensors.Write(Target, [KeyValuePair.Create("x", new TensorData(ElementType.Int4, [2], new byte[1]))])
        );

    [Theory]
    [InlineData("__metadata__", "x")]
    [InlineData("x", "x")]
    public void Refuses_to_write_a_name_that_is_taken(string first, string second) =>
        Assert.Throws<ArgumentException>(() =>
            SafeTensors.Write(
                Target,
                [KeyValuePair.Create(first, TensorData.Scalar(1f)), KeyValuePair.Create(second, TensorData.Scalar(1f))]
            )
        );
}
