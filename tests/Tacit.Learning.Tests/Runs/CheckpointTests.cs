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
    public void Reads_what_it_wrote()
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
    public void A_section_is_not_a_prefix() =>
        Assert.Empty(new Checkpoint("s", 0).With("students/x", TensorData.Scalar(1f)).Section("student"));

    [Fact]
    public void Names_a_missing_tensor()
    {
        var refusal = Assert.Throws<InvalidFileException>(() => new Checkpoint("s", 3)["absent"]);

        Assert.Contains("no tensor absent", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_is_read_as_it_was_written()
    {
        var state = new State(0.1 + 0.2, double.NaN, TimeSpan.FromTicks(12345));

        new Checkpoint("s", 3).WithState("state", state).Write(Target);

        Assert.Equal(state, Checkpoint.Read(Target).State<State>("state"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.1 2 3")]
    [InlineData("null")]
    [InlineData("""{"Loss":1,"Best":2}""")]
    public void Refuses_a_state_of_another_form(string text)
    {
        var refusal = Assert.Throws<InvalidFileException>(() => new Checkpoint("s", 3).WithValue("state", text).State<State>("state"));

        Assert.StartsWith("the checkpoint of s, step 3, has the value state in another form: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_missing_state()
    {
        var refusal = Assert.Throws<InvalidFileException>(() => new Checkpoint("s", 3).State<int>("absent"));

        Assert.Contains("no value absent", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_weight_file_that_is_no_checkpoint()
    {
        SafeTensors.Write(Target, [KeyValuePair.Create("x", TensorData.Scalar(1f))]);

        Assert.Throws<InvalidFileException>(() => Checkpoint.Read(Target));
    }

    [Fact]
    public void Refuses_a_negative_step() => Assert.Throws<ArgumentOutOfRangeException>(() => new Checkpoint("s", -1));

    private sealed record State(double Loss, double Best, TimeSpan Elapsed);
}
