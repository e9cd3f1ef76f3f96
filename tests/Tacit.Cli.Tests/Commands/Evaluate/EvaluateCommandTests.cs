using Tacit.Cli.Hosting;

namespace Tacit.Cli.Tests.Commands.Evaluate;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EvaluateCommandTests()
    {
        TinyNetwork.Write(_folder["tiny.onnx"]);
        TinyNetwork.WriteImages(_folder["images"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_has_the_figures_and_nothing_else_is_on_the_output()
    {
        var run = await EvaluateAsync("--json", "--mean", "0.5,0.5,0.5", "--std", "0.5,0.5,0.5");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
        Assert.Equal(12, run.Json.GetProperty("images").GetInt32());
        Assert.InRange(run.Json.GetProperty("top1").GetDouble(), 0, 100);
        Assert.Equal(100, run.Json.GetProperty("top5").GetDouble());
        Assert.InRange(run.Json.GetProperty("chance").GetDouble(), 1, 99);
        Assert.True(run.Json.GetProperty("latency_ms").GetDouble() > 0);
        Assert.Equal("8x8", run.Json.GetProperty("preprocessing").GetProperty("tacit.input.size").GetString());
    }

    [Fact]
    public async Task The_confusion_matrix_is_a_table()
    {
        var run = await EvaluateAsync("--mean", "0.5,0.5,0.5", "--std", "0.5,0.5,0.5");

        Assert.Matches(@"class \\ predicted\s+ant\s+bee\s+cow", run.Output);
        Assert.Contains("12 in 3 classes", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_network_is_compared_image_by_image()
    {
        TinyNetwork.Write(_folder["other.onnx"], batchNorms: false);

        var same = await EvaluateAsync("--mean", "0.5", "--std", "0.5", "--against", _folder["tiny.onnx"]);
        var other = await EvaluateAsync("--json", "--mean", "0.5", "--std", "0.5", "--against", _folder["other.onnx"]);

        Assert.Contains(
            "agreement   both predict the same class for 100.00 %  (95 % interval 75.8 to 100.0)\n",
            same.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("difference  0.00 points of top-1  (95 % interval 0.0 to 0.0)\n", same.Output, StringComparison.Ordinal);
        var against = other.Json.GetProperty("against");
        Assert.Equal(
            other.Json.GetProperty("top1").GetDouble() - against.GetProperty("top1").GetDouble(),
            against.GetProperty("difference").GetDouble(),
            1e-4
        );
        Assert.Equal(2, against.GetProperty("agreement_interval").GetArrayLength());
    }

    [Fact]
    public async Task Progress_goes_to_the_error_stream()
    {
        var run = await EvaluateAsync("--json", "--mean", "0.5", "--std", "0.5");

        Assert.Contains("evaluating 12/12", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preprocessing_has_to_be_known()
    {
        var run = await EvaluateAsync();

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: {_folder["tiny.onnx"]} does not say how its images are prepared; give --mean a,b,c and --std a,b,c as in its training\n"
            ),
            (run.Code, run.Error)
        );
    }

    [Fact]
    public async Task A_mean_without_a_deviation_is_refused()
    {
        var run = await EvaluateAsync("--mean", "0.5");

        Assert.Equal((ExitCode.Usage, "tacit: --mean and --std must be given together\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task Missing_data_get_code_3()
    {
        var run = await CommandRun.OfAsync("evaluate", _folder["tiny.onnx"], "--data", "/nowhere", "--mean", "0", "--std", "1");

        Assert.Equal(
            (ExitCode.BadInput, "tacit: /nowhere does not exist; give a folder or a ZIP file with one folder per class\n"),
            (run.Code, run.Error)
        );
    }

    private Task<CommandRun> EvaluateAsync(params string[] more) =>
        CommandRun.OfAsync(["evaluate", _folder["tiny.onnx"], "--data", _folder["images"], .. more]);
}
