using Tacit.Graphs;
using Tacit.Graphs.WeightFiles;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Runs;

public sealed class CheckpointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private string Target => Path.Combine(_folder.FullName, "c.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ReadsWhatItWrote()
    {
        new Checkpoint("fine-tuning", 12)
            .With("best", TensorData.Scalar(1.5))
            .With("student", [KeyValuePair.Create("conv.weight", TensorData.Of([1f, 2f], 2, 1))])
            .WithValue("plateau", "0.1 2 3")
            .Write(Target);

        var read = Checkpoint.Read(Target);

        Assert.Equal(("fine-tuning", 12L), (read.Stage, read.Step));
        Assert.Equal("0.1 2 3", read.Values["plateau"]);
        Assert.Equal(1.5, read["best"].As<double>()[0]);
        Assert.Equal([1f, 2f], read.Section("student")["conv.weight"].As<float>().ToArray());
        Assert.Equal(2, read.Tensors.Count);
    }

    [Fact]
    public void ASectionIsNotAPrefix() => Assert.Empty(new Checkpoint("s", 0).With("students/x", TensorData.Scalar(1f)).Section("student"));

    [Fact]
    public void NamesAMissingTensor()
    {
        var refusal = Assert.Throws<InvalidFileException>(() => new Checkpoint("s", 3)["absent"]);

        Assert.Contains("no tensor absent", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusesAWeightFileThatIsNoCheckpoint()
    {
        SafeTensors.Write(Target, [KeyValuePair.Create("x", TensorData.Scalar(1f))]);

        Assert.Throws<InvalidFileException>(() => Checkpoint.Read(Target));
    }

    [Fact]
    public void RefusesANegativeStep() => Assert.Throws<ArgumentOutOfRangeException>(() => new Checkpoint("s", -1));
}
