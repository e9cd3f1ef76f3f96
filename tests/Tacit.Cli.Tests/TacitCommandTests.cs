using Tacit.Cli.Hosting;

namespace Tacit.Cli.Tests;

public sealed class TacitCommandTests
{
    [Fact]
    public async Task Without_arguments_it_shows_help()
    {
        var run = await CommandRun.OfAsync();

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Expectation.Matches("help", Named(run.Output));
    }

    [Theory]
    [InlineData("quantize")]
    [InlineData("inspect")]
    [InlineData("evaluate")]
    [InlineData("synthesize")]
    [InlineData("convert")]
    [InlineData("pretrain")]
    [InlineData("finetune")]
    [InlineData("runs")]
    [InlineData("compare")]
    [InlineData("runs list")]
    [InlineData("runs show")]
    [InlineData("runs compare")]
    [InlineData("runs export")]
    [InlineData("knn")]
    [InlineData("probe")]
    [InlineData("retrieve")]
    [InlineData("export")]
    [InlineData("videos")]
    [InlineData("videos check")]
    [InlineData("videos cache")]
    public async Task Commands_have_help(string command)
    {
        var run = await CommandRun.OfAsync([.. command.Split(' '), "--help"]);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Expectation.Matches("help-" + command.Replace(' ', '-'), Named(run.Output));
    }

    [Theory]
    [InlineData("there is no command frobnicate; see tacit --help", "frobnicate")]
    [InlineData("unrecognized command or argument '--wrong'; see tacit inspect --help", "inspect", "a.onnx", "--wrong")]
    [InlineData("required argument 'MODEL' missing for command: 'inspect'; see tacit inspect --help", "inspect")]
    [InlineData("option '--data' is required; see tacit evaluate --help", "evaluate", "a.onnx")]
    [InlineData("-w takes a whole number from 2 to 8, not 9; see tacit quantize --help", "quantize", "a.onnx", "-w", "9")]
    [InlineData(
        "--activation-bits takes a whole number from 2 to 8, not 1; see tacit quantize --help",
        "quantize",
        "a.onnx",
        "--activation-bits",
        "1"
    )]
    [InlineData("-w takes a whole number from 2 to 8, not four; see tacit quantize --help", "quantize", "a.onnx", "-w", "four")]
    [InlineData("--preset is one of fast, paper, best, not slow; see tacit quantize --help", "quantize", "a.onnx", "--preset", "slow")]
    [InlineData("--device is cpu, cuda or cuda:N, not gpu; see tacit quantize --help", "quantize", "a.onnx", "--device", "gpu")]
    [InlineData(
        "--samples takes a whole number from 2 to 1000000, not 0; see tacit quantize --help",
        "quantize",
        "a.onnx",
        "--samples",
        "0"
    )]
    [InlineData(
        "--size takes a number of pixels, or two as in 224x224, not 0; see tacit evaluate --help",
        "evaluate",
        "a.onnx",
        "--data",
        "d",
        "--size",
        "0"
    )]
    [InlineData(
        "--mean takes three numbers joined by commas, such as 0.485,0.456,0.406, not 1,2; see tacit evaluate --help",
        "evaluate",
        "a.onnx",
        "--data",
        "d",
        "--mean",
        "1,2"
    )]
    [InlineData(
        "--mean 123.675,116.28,103.53 is for pixels of 0 … 255, but pixels are scaled to 0 … 1: divide --mean and --std by 255 (--mean 0.485,0.456,0.406); see tacit evaluate --help",
        "evaluate",
        "a.onnx",
        "--data",
        "d",
        "--mean",
        "123.675,116.28,103.53"
    )]
    [InlineData(
        "--std takes numbers above 0, such as 0.485,0.456,0.406, not 1,0,1; see tacit evaluate --help",
        "evaluate",
        "a.onnx",
        "--data",
        "d",
        "--std",
        "1,0,1"
    )]
    [InlineData(
        "--input-shape takes sizes joined by x, such as 1x3x224x224, not 3xAx2; see tacit inspect --help",
        "inspect",
        "a.onnx",
        "--input-shape",
        "3xAx2"
    )]
    [InlineData("--lambda takes a number above 0, not 0; see tacit probe --help", "probe", "a.onnx", "d", "--lambda", "0")]
    [InlineData("--vote is one of weighted, majority, not loud; see tacit knn --help", "knn", "a.onnx", "d", "--vote", "loud")]
    [InlineData("the network is missing: tacit quantize MODEL", "quantize")]
    [InlineData("required command was not provided; see tacit runs --help", "runs")]
    [InlineData("required argument 'RUN' missing for command: 'show'; see tacit runs show --help", "runs", "show")]
    [InlineData("from 2 to 26 runs can be compared, not 1", "runs", "compare", "a")]
    [InlineData("nothing to export: give --tensorboard FOLDER, --csv FILE, or both", "runs", "export", "a")]
    [InlineData("required command was not provided; see tacit videos --help", "videos")]
    [InlineData("required argument 'VIDEOS' missing for command: 'check'; see tacit videos check --help", "videos", "check")]
    [InlineData("option '--output' is required; see tacit videos cache --help", "videos", "cache", "v")]
    [InlineData(
        "--min-frames takes a whole number of at least 1, not 0; see tacit videos check --help",
        "videos",
        "check",
        "v",
        "--min-frames",
        "0"
    )]
    [InlineData(
        "--max-bad takes a whole number from 0 to 100, not 101; see tacit videos cache --help",
        "videos",
        "cache",
        "v",
        "-o",
        "c",
        "--max-bad",
        "101"
    )]
    [InlineData(
        "--kind is one of auto, folder, classes, list, csv, ucf101, hmdb51, kinetics, not zip; see tacit videos check --help",
        "videos",
        "check",
        "v",
        "--kind",
        "zip"
    )]
    public async Task Wrong_usage_gets_one_line_and_code_2(string line, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);

        Assert.Equal((ExitCode.Usage, "", $"tacit: {line}\n"), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public async Task With_json_a_failure_is_one_object()
    {
        var run = await CommandRun.OfAsync("inspect", "/nowhere/a.onnx", "--json");

        Assert.Equal("{\"error\":\"there is no file /nowhere/a.onnx; give an ONNX file\",\"exit_code\":3}\n", run.Output);
    }

    [Fact]
    public async Task With_verbose_a_failure_has_its_stack()
    {
        var run = await CommandRun.OfAsync("inspect", "/nowhere/a.onnx", "--verbose");

        Assert.Contains("   at Tacit.Cli.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_a_line()
    {
        var run = await CommandRun.OfAsync("--version");

        Assert.Matches(@"^\d+\.\d+\.\d+\n$", run.Output);
    }

    // The parser takes the name of the program from the process, which here is that of the tests.
    private static string Named(string help) => help.Replace("Tacit.Cli.Tests", "tacit", StringComparison.Ordinal);
}
