using Tacit.Cli.Hosting;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Networks;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Tests.Commands.Export;

[Collection(ColorVideos.Collection)]
public sealed class ExportCommandTests : IDisposable
{
    private static readonly ClipPreprocessing Clip = new(4, 32) { TestClips = 2 };

    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public ExportCommandTests(ColorVideos videos)
    {
        _videos = videos;
        var encoder = VideoZoo.Find("r3d-10")!.BuildEncoder(frames: 4, size: 32, width: 0.125, seed: 3);
        OnnxWriter.Write(new ModelMetadata { Clips = Clip }.WriteTo(encoder), _folder["encoder.onnx"]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kept", 12)]
    [InlineData("folded", 0)]
    public async Task The_file_equals_the_network_on_real_clips(string norms, int left)
    {
        var run = await CommandRun.OfAsync(
            "export",
            _folder["encoder.onnx"],
            "-o",
            _folder["out.onnx"],
            "--batch-norms",
            norms,
            "--check",
            _videos.Divided,
            "--check-videos",
            "3",
            "--json"
        );

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(6, run.Json.GetProperty("clips").GetInt32());
        Assert.InRange(run.Json.GetProperty("largest_difference_clips").GetDouble(), 0, 1e-4);
        Assert.InRange(run.Json.GetProperty("largest_difference_noise").GetDouble(), 0, 1e-4);
        var exported = OnnxReader.Read(_folder["out.onnx"]);
        Assert.Equal(left, exported.Graph.Nodes.Count(node => node.Operator == "BatchNormalization"));
        Assert.Equal(Clip, ModelMetadata.Read(exported.Metadata).Clips);
    }

    [Fact]
    public async Task A_pretraining_gives_its_encoder_or_that_of_the_last_checkpoint()
    {
        string[] job =
        [
            "pretrain",
            _videos.Divided,
            "--backbone",
            "r3d-10",
            "--width",
            "0.125",
            "--frames",
            "4",
            "--size",
            "32",
            "--short-side",
            "32",
            "--batch",
            "2",
            "--epochs",
            "1",
            "--split",
            "all",
            "--threads",
            "1",
            "--cache",
            _folder["cache"],
            "-o",
            _folder["run"],
        ];
        var trained = await CommandRun.OfAsync(job);
        Assert.True(trained.Code == ExitCode.Success, trained.Error);
        var done = await CommandRun.OfAsync("export", _folder["run"], "-o", _folder["done.onnx"], "--json");
        File.Delete(_folder["run/encoder.onnx"]);
        var stopped = await CommandRun.OfAsync("export", _folder["run"], "-o", _folder["stopped.onnx"], "--json");

        Assert.Equal((ExitCode.Success, ExitCode.Success), (done.Code, stopped.Code));
        Assert.EndsWith(", at step 4", stopped.Json.GetProperty("from").GetString(), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_folder["done.onnx"]), File.ReadAllBytes(_folder["stopped.onnx"]));
    }

    [Theory]
    [InlineData("finetune", "has nothing to export yet; resume it with: tacit finetune --resume ")]
    [InlineData("quantize", "is a run of tacit quantize; give the file that it wrote")]
    public async Task A_run_without_an_encoder_is_one_line(string command, string line)
    {
        using (
            RunFolder.Create(
                _folder["run"],
                new RunDescription
                {
                    Command = command,
                    Options = [],
                    Seed = 0,
                    ThreadCount = 1,
                }
            )
        ) { }

        var run = await CommandRun.OfAsync("export", _folder["run"]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains(line, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_not_written_over_itself()
    {
        var before = File.ReadAllBytes(_folder["encoder.onnx"]);
        var run = await CommandRun.OfAsync(
            "export",
            _folder["encoder.onnx"],
            "-o",
            _folder["encoder.onnx"],
            "--force",
            "--batch-norms",
            "folded"
        );

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Equal(before, File.ReadAllBytes(_folder["encoder.onnx"]));
    }

    [Fact]
    public async Task An_existing_file_stays()
    {
        File.WriteAllText(_folder["out.onnx"], "mine");

        var run = await CommandRun.OfAsync("export", _folder["encoder.onnx"], "-o", _folder["out.onnx"]);

        Assert.Equal((ExitCode.Usage, "mine"), (run.Code, File.ReadAllText(_folder["out.onnx"])));
    }
}
