using Tacit.Cli.CommandLine;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Video;
using Tacit.Learning.Networks;

namespace Tacit.Cli.Tests.Verbs;

[Collection(ColorVideos.Collection)]
public sealed class ExportVerbTests : IDisposable
{
    private static readonly ClipPreprocessing Clip = new(4, 32) { TestClips = 2 };

    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public ExportVerbTests(ColorVideos videos)
    {
        _videos = videos;
        var encoder = VideoZoo.Find("r3d-10")!.BuildEncoder(frames: 4, size: 32, width: 0.125, seed: 3);
        OnnxWriter.Write(encoder with { Metadata = encoder.Metadata.SetItems(Clip.ToMetadata()) }, _folder["encoder.onnx"]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kept", 12)]
    [InlineData("folded", 0)]
    public async Task The_file_equals_the_network_on_real_clips(string norms, int left)
    {
        var run = await CommandRun.OfAsync("export", _folder["encoder.onnx"], "-o", _folder["out.onnx"], "--batch-norms", norms, "--check", _videos.Divided, "--check-videos", "3", "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(6, run.Json.GetProperty("clips").GetInt32());
        Assert.InRange(run.Json.GetProperty("largest_difference_clips").GetDouble(), 0, 1e-4);
        Assert.InRange(run.Json.GetProperty("largest_difference_noise").GetDouble(), 0, 1e-4);
        var exported = OnnxReader.Read(_folder["out.onnx"]);
        Assert.Equal(left, exported.Graph.Nodes.Count(node => node.Operator == "BatchNormalization"));
        Assert.True(ClipPreprocessing.TryFromMetadata(exported.Metadata, out var clip));
        Assert.Equal(Clip, clip);
    }

    [Fact]
    public async Task A_run_without_result_says_how_to_go_on()
    {
        var run = await CommandRun.OfAsync("export", _folder.Root);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("there is no run", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_existing_file_stays()
    {
        File.WriteAllText(_folder["out.onnx"], "mine");

        var run = await CommandRun.OfAsync("export", _folder["encoder.onnx"], "-o", _folder["out.onnx"]);

        Assert.Equal((ExitCode.Usage, "mine"), (run.Code, File.ReadAllText(_folder["out.onnx"])));
    }
}
