using Tacit.Graphs.WeightFiles;

namespace Tacit.Graphs.Tests.WeightFiles;

public sealed class WeightFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private string Target => Path.Combine(_folder.FullName, "weights");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("types.pth")]
    [InlineData("types-legacy.pth")]
    public void Reads_every_type_of_element(string file)
    {
        var tensors = WeightFile.Read(GoldenFile.Path(file));

        Assert.Equal([0f, 1, 2, 3, 4, 5], tensors["float32"].As<float>().ToArray());
        Assert.Equal([0d, 1, 2, 3, 4, 5], tensors["float64"].As<double>().ToArray());
        Assert.Equal([0L, 1, 2, 3, 4, 5], tensors["int64"].As<long>().ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5], tensors["int32"].As<int>().ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5], tensors["int16"].As<short>().ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5], tensors["int8"].As<sbyte>().ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5], tensors["uint8"].As<byte>().ToArray());
        Assert.Equal([false, true, true, true, true, true], tensors["bool"].As<bool>().ToArray());
        Assert.All(
            ["float16", "float64", "bfloat16"],
            name => Assert.Equal([0f, 1, 2, 3, 4, 5], tensors[name].ToFloat32().As<float>().ToArray())
        );
        Assert.Equal((ElementType.Float16, ElementType.BFloat16), (tensors["float16"].Element, tensors["bfloat16"].Element));
        Assert.Equal([2L, 3], tensors["float16"].Sizes);
    }

    [Theory]
    [InlineData("types.pth")]
    [InlineData("types-legacy.pth")]
    public void Makes_rows_of_views(string file)
    {
        var tensors = WeightFile.Read(GoldenFile.Path(file));

        AssertTensor([5, 4], [0, 5, 10, 15, 1, 6, 11, 16, 2, 7, 12, 17, 3, 8, 13, 18, 4, 9, 14, 19], tensors["transposed"]);
        AssertTensor([2, 2], [7, 8, 12, 13], tensors["part"]);
        AssertTensor([5], [15, 16, 17, 18, 19], tensors["last"]);
        AssertTensor([3], [1, 4, 7], tensors["steps"]);
        AssertTensor([2, 3, 2, 2], [.. Enumerable.Range(0, 24).Select(value => (float)value)], tensors["channels_last"]);
        AssertTensor([], [7], tensors["scalar"]);
        AssertTensor([0, 3], [], tensors["empty"]);
        AssertTensor([3], [0, 1, 2], tensors["parameter"]);
    }

    [Theory]
    [InlineData("training.pth")]
    [InlineData("training-legacy.pth")]
    public void Finds_the_weights_beside_what_a_training_script_stores(string file)
    {
        var tensors = WeightFile.Read(GoldenFile.Path(file));

        Assert.Equal(
            [
                "module.0.bias",
                "module.0.weight",
                "module.1.bias",
                "module.1.num_batches_tracked",
                "module.1.running_mean",
                "module.1.running_var",
                "module.1.weight",
            ],
            tensors.Keys.Order(StringComparer.Ordinal)
        );
        AssertTensor([2, 1, 1, 1], [0, 0], tensors["module.0.weight"]);
        AssertTensor([2], [5, 5], tensors["module.1.running_var"]);
        Assert.Equal([6L], tensors["module.1.num_batches_tracked"].As<long>().ToArray());
    }

    [Theory]
    [InlineData("protocol3.pth")]
    [InlineData("protocol4.pth")]
    [InlineData("protocol5.pth")]
    public void Reads_later_protocols(string file) => AssertTensor([2, 2], [0, 1, 2, 3], WeightFile.Read(GoldenFile.Path(file))["a"]);

    [Fact]
    public void Reads_storages_within_others()
    {
        var tensors = WeightFile.Read(GoldenFile.Path("storage-views.pth"));

        AssertTensor([2, 3], [0, 1, 2, 3, 4, 5], tensors["a"]);
        AssertTensor([6], [6, 7, 8, 9, 10, 11], tensors["b"]);
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    [InlineData("net")]
    public void Looks_under_the_names_of_training_scripts(string name)
    {
        var pickle = new PickleSketch()
            .Op("}")
            .Text("epoch")
            .Number(3)
            .Op("s")
            .Text(name)
            .Op("}")
            .Text("w")
            .Tensor("0", 2, 0, [2], [1])
            .Op("ss.");
        Write(pickle.InZip(("net/data/0", Floats(1, 2))));

        AssertTensor([2], [1, 2], WeightFile.Read(Target)["w"]);
    }

    [Fact]
    public void Reads_storages_of_bytes()
    {
        // PyTorch 2 can write this form, in which the tensor states the element type.
        var pickle = new PickleSketch()
            .Op("}")
            .Text("w")
            .Global("torch._utils", "_rebuild_tensor_v3")
            .Op("((")
            .Text("storage")
            .Global("torch.storage", "UntypedStorage")
            .Text("0")
            .Text("cpu")
            .Number(8)
            .Op("tQ")
            .Number(1)
            .Tuple(1)
            .Tuple(1)
            .Op("\x89N")
            .Global("torch", "float32")
            .Op("}tRs.");
        Write(pickle.InZip(("net/data/0", Floats(1, 2))));

        AssertTensor([1], [2], WeightFile.Read(Target)["w"]);
    }

    [Fact]
    public void Reads_SafeTensors()
    {
        SafeTensors.Write(Target, [KeyValuePair.Create("w", TensorData.Of([1f, 2f]))]);

        AssertTensor([2], [1, 2], WeightFile.Read(Target)["w"]);
    }

    [Fact]
    public void Reads_the_same_numbers_of_ResNet20_from_both_forms()
    {
        var (zip, stream) = (
            WeightFile.Read(SharedFiles.Model("resnet20-cifar10.pth")),
            WeightFile.Read(SharedFiles.Model("resnet20-cifar10-legacy.pth"))
        );

        // The older file was saved with DataParallel.
        Assert.Equal(zip.Keys.Select(name => "module." + name).Order(StringComparer.Ordinal), stream.Keys.Order(StringComparer.Ordinal));
        Assert.All(zip, tensor => Assert.True(tensor.Value.Bytes.SequenceEqual(stream["module." + tensor.Key].Bytes), tensor.Key));
        Assert.InRange(zip.Values.Sum(tensor => tensor.Count), 265_000, 275_000);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("hello", "neither")]
    [InlineData("a text that is long enough to have a head", "neither")]
    public void Refuses_other_files(string content, string reason)
    {
        File.WriteAllText(Target, content);

        Assert.Contains(reason, Assert.Throws<InvalidFileException>(() => WeightFile.Read(Target)).Message, StringComparison.Ordinal);
    }

    private void Write(byte[] bytes) => File.WriteAllBytes(Target, bytes);

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static void AssertTensor(long[] sizes, float[] elements, TensorData tensor)
    {
        Assert.Equal(sizes, tensor.Sizes);
        Assert.Equal(elements, tensor.As<float>().ToArray());
    }
}
