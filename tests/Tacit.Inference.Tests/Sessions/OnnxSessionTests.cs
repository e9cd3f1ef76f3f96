using Tacit.Graphs;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Sessions;

public sealed class OnnxSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tells_inputs_outputs_and_metadata()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", [new("note", "hello")]));

        Assert.Equal("image: Float32 N x 3 x 4 x 4", string.Join("; ", session.Inputs.Select(input => $"{input.Name}: {input.Type}")));
        Assert.Equal("scores: Float32 N x 3", string.Join("; ", session.Outputs.Select(output => $"{output.Name}: {output.Type}")));
        Assert.Equal("hello", session.Metadata["note"]);
        Assert.Null(session.Contract.Batch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Runs_any_batch(int count)
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N"));
        var batch = Random(count * 48);

        Assert.Equal(Means(batch), session.Run(batch), Close);
        Assert.Equal(Means(batch), session.Run(batch, count, 3, 4, 4), Close);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Splits_a_batch_where_the_network_is_fixed_to_another_size(int count)
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans(3));
        var batch = Random(count * 48);

        Assert.Equal(3, session.Contract.Batch);
        Assert.Equal(Means(batch), session.Run(batch), Close);
    }

    [Fact]
    public void Gives_nothing_for_an_empty_batch()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans(3));

        Assert.Empty(session.Run(Array.Empty<float>(), 0, 3, 4, 4));
    }

    [Fact]
    public void Runs_on_many_threads_at_once()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N"), new() { Threads = 1 });

        Parallel.For(0, 64, i => Assert.Equal(Means(Random(48, i)), session.Run(Random(48, i)), Close));
    }

    [Fact]
    public void Gives_the_same_at_every_level_of_optimisation()
    {
        var batch = Random(2 * 2 * 36);
        var results = Enum.GetValues<OptimizationLevel>()
            .Select(level =>
            {
                using var session = OnnxSession.Open(SmallNetworks.Convolution(quantized: false), new() { Optimization = level });
                return session.Run(batch);
            })
            .ToList();

        Assert.All(results, result => Assert.Equal(results[0], result, Close));
    }

    [Theory]
    [InlineData(new long[] { 2, 3, 4, 4 }, "2 x 3 x 4 x 4 is not 48 elements")]
    [InlineData(new long[] { 1, 3, 16 }, "the model takes N x 3 x 4 x 4, not 1 x 3 x 16")]
    [InlineData(new long[] { 1, 4, 3, 4 }, "the model takes N x 3 x 4 x 4, not 1 x 4 x 3 x 4")]
    public void Refuses_sizes_that_do_not_fit(long[] sizes, string message)
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N"));

        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentException>(() => session.Run(new float[48], sizes)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_elements_that_are_no_whole_items()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N"));

        Assert.Throws<ArgumentException>(() => session.Run(new float[49]));
    }

    [Fact]
    public void Asks_for_sizes_where_the_network_leaves_them_open()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeans("N", size: "S"));

        Assert.StartsWith(
            "the input image is N x 3 x S x S; give the sizes",
            Assert.Throws<ArgumentException>(() => session.Run(new float[48])).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(3, session.Run(new float[48], 1, 3, 4, 4).Length);
    }

    [Fact]
    public void Refuses_a_network_of_several_inputs()
    {
        var builder = new GraphBuilder("sum");
        builder.Output(builder.Add("Add", [builder.Input("a", new("N", 2)), builder.Input("b", new("N", 2))]), new("N", 2));
        using var session = OnnxSession.Open(Tacit.Graphs.Onnx.OnnxWriter.ToBytes(builder.Build()));

        var exception = Assert.Throws<UnsuitableModelException>(() => session.Run(new float[2]));

        Assert.Equal("the model cannot be run: it has 2 inputs (a, b) instead of one", exception.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is not a network")]
    [InlineData("\b\n\u0012")]
    public void Says_in_one_line_that_a_file_is_no_network(string content)
    {
        var path = _folder.Write("bad.onnx", System.Text.Encoding.UTF8.GetBytes(content));

        var exception = Assert.Throws<InvalidFileException>(() => OnnxSession.Open(path));

        TestContext.Current.TestOutputHelper?.WriteLine(exception.Message);
        Assert.StartsWith($"ONNX Runtime cannot load {path}: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Equal(path, exception.Path);
    }

    [Fact]
    public void Says_that_a_truncated_network_cannot_be_loaded() =>
        Assert.Throws<InvalidFileException>(() => OnnxSession.Open(SmallNetworks.Convolution(false).AsMemory(0, 200)));

    [Fact]
    public void Says_that_there_is_no_file() =>
        Assert.Equal(
            "nowhere.onnx does not exist; give an ONNX file",
            Assert.Throws<InvalidFileException>(() => OnnxSession.Open("nowhere.onnx")).Message
        );

    [Fact]
    public void Refuses_options_out_of_range() =>
        Assert.Equal("Threads", Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxSessionOptions { Threads = -1 }).ParamName);

    private static float[] Random(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static float[] Means(float[] batch) => [.. batch.Chunk(16).Select(plane => plane.Average())];

    private static bool Close(float first, float second) => Math.Abs(first - second) < 1e-5f;
}
