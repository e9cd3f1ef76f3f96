using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class ExternalDataTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-external");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Reads_the_named_bytes()
    {
        File.WriteAllBytes(
            In("model/weights.bin"),
            [.. new byte[4], .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(3f), 9]
        );

        var model = OnnxReader.Read(Write("weights.bin", offset: "4", length: "12"));

        Assert.Equal([1f, 2f, 3f], model.Weights["w"].As<float>().ToArray());
    }

    [Fact]
    public void Hash_and_size_cover_external_bytes()
    {
        File.WriteAllBytes(In("model/weights.bin"), new byte[12]);
        var path = Write("weights.bin");
        var (hash, bytes) = (OnnxModelFile.HashOf(path), OnnxModelFile.BytesOf(path));

        File.WriteAllBytes(In("model/weights.bin"), [1, .. new byte[11]]);

        Assert.Equal(new FileInfo(path).Length + 12, bytes);
        Assert.NotEqual(hash, OnnxModelFile.HashOf(path));
    }

    [Fact]
    public void Reads_the_whole_file_without_offset_and_length()
    {
        File.WriteAllBytes(In("model/sub/weights.bin"), new byte[12]);

        Assert.Equal([0f, 0f, 0f], OnnxReader.Read(Write("sub/weights.bin")).Weights["w"].As<float>().ToArray());
    }

    [Theory]
    [InlineData("0", "13")]
    [InlineData("1", "12")]
    [InlineData("13", null)]
    [InlineData("9223372036854775807", "12")]
    [InlineData("0", "9223372036854775807")]
    [InlineData("-4", "12")]
    [InlineData("four", "12")]
    [InlineData("0", "8")]
    public void Refuses_places_outside_the_file(string offset, string? length)
    {
        File.WriteAllBytes(In("model/weights.bin"), new byte[12]);

        AssertRefused(Write("weights.bin", offset, length));
    }

    [Fact]
    public void Says_which_file_is_missing() => Assert.Contains("weights.bin", AssertRefused(Write("weights.bin")).Message);

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("sub/../../weights.bin")]
    [InlineData("..\\weights.bin")]
    [InlineData("C:\\weights.bin")]
    [InlineData("")]
    public void Refuses_paths_out_of_the_folder(string location)
    {
        File.WriteAllBytes(In("weights.bin"), new byte[12]);

        AssertRefused(Write(location));
    }

    [Fact]
    public void Refuses_absolute_paths()
    {
        var path = In("model/weights.bin");
        File.WriteAllBytes(path, new byte[12]);

        AssertRefused(Write(path));
    }

    [Fact]
    public void Refuses_links_out_of_the_folder()
    {
        File.WriteAllBytes(In("weights.bin"), new byte[12]);
        File.CreateSymbolicLink(In("model/link.bin"), In("weights.bin"));

        Assert.Contains("outside", AssertRefused(Write("link.bin")).Message);
    }

    [Fact]
    public void Refuses_linked_folders_out_of_the_folder()
    {
        File.WriteAllBytes(In("other/weights.bin"), new byte[12]);
        Directory.CreateSymbolicLink(In("model/link"), In("other"));

        Assert.Contains("outside", AssertRefused(Write("link/weights.bin")).Message);
    }

    [Fact]
    public void Follows_links_within_the_folder()
    {
        File.WriteAllBytes(In("model/weights.bin"), new byte[12]);
        File.CreateSymbolicLink(In("model/link.bin"), "weights.bin");

        Assert.Equal(3, OnnxReader.Read(Write("link.bin")).Weights["w"].Count);
    }

    [Fact]
    public void Refuses_circles_of_links()
    {
        File.CreateSymbolicLink(In("model/a"), "b");
        File.CreateSymbolicLink(In("model/b"), "a");

        AssertRefused(Write("a"));
    }

    [Fact]
    public void Refuses_a_folder_as_data()
    {
        Directory.CreateDirectory(In("model/weights.bin"));

        AssertRefused(Write("weights.bin"));
    }

    [Fact]
    public void Refuses_external_data_without_a_path()
    {
        var path = Write("weights.bin");

        Assert.Contains("path", Assert.Throws<InvalidFileException>(() => OnnxReader.Read(File.ReadAllBytes(path))).Message);
    }

    private static InvalidFileException AssertRefused(string path)
    {
        var exception = Assert.Throws<InvalidFileException>(() => OnnxReader.Read(path));
        Assert.Equal(path, exception.Path);
        return exception;
    }

    private string In(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private string Write(string location, string? offset = null, string? length = null)
    {
        var tensor = new TensorProto
        {
            Name = "w",
            DataType = 1,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.Add(3);
        foreach (var (key, value) in new[] { ("location", location), ("offset", offset), ("length", length) })
        {
            if (value is not null)
            {
                tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
            }
        }

        var sketch = new OnnxSketch(17).Input("x", 0, 3).Node("Add", "x w", "y").Output("y", 0, 3);
        sketch.Graph.Initializer.Add(tensor);
        var path = In("model/net.onnx");
        File.WriteAllBytes(path, sketch.Bytes);
        return path;
    }
}
