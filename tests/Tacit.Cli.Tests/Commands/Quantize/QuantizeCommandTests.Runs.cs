using System.Text.Json.Nodes;
using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;
using Tacit.Cli.Tests.Hosting;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;

namespace Tacit.Cli.Tests.Commands.Quantize;

/// <summary>Tests how runs of tacit quantize are begun, stopped and resumed.</summary>
public sealed partial class QuantizeCommandTests
{
    [Fact]
    public async Task A_run_that_exists_needs_force()
    {
        await QuantizeAsync();
        File.Delete(_folder["small.onnx"]);

        var refused = await QuantizeAsync();
        var forced = await QuantizeAsync("--force");

        Assert.Equal((ExitCode.Usage, ExitCode.Success), (refused.Code, forced.Code));
        Assert.Contains("contains a run", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_no_run_is_never_emptied()
    {
        Directory.CreateDirectory(_folder["small.run"]);
        File.WriteAllText(_folder["small.run/mine.txt"], "mine");

        var run = await QuantizeAsync("--force");

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Equal("mine", File.ReadAllText(_folder["small.run/mine.txt"]));
    }

    [Fact]
    public async Task A_stopped_run_goes_on_to_the_same_file()
    {
        string[] bits = ["-w", "4", "-a", "4"];
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var stopped = await CommandRun.OfAsync(stop.Token, Arguments(bits));

        var resumed = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"]);
        var small = await File.ReadAllBytesAsync(_folder["small.onnx"], TestContext.Current.CancellationToken);
        await QuantizeAsync([.. bits, "--force"]);

        Assert.Equal(ExitCode.Interrupted, stopped.Code);
        Assert.Contains("resume with: tacit quantize --resume", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, resumed.Code);
        Assert.Equal(await File.ReadAllBytesAsync(_folder["small.onnx"], TestContext.Current.CancellationToken), small);
    }

    [Fact]
    public async Task A_finished_run_says_so_and_is_left_as_it_is()
    {
        var run = await QuantizeAsync("--json");
        var before = Times();

        var told = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"]);
        var again = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"], "--json");

        Assert.Equal((ExitCode.Success, ""), (told.Code, told.Error));
        Assert.StartsWith($"{_folder["small.run"]} is finished, nothing is changed: ", told.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Success, run.Output, ""), (again.Code, again.Output, again.Error));
        Assert.Equal(run.Output, await File.ReadAllTextAsync(_folder["small.run/result.json"], TestContext.Current.CancellationToken));
        Assert.Equal(before, Times());

        IEnumerable<(string, DateTime)> Times() =>
            [
                .. Directory
                    .EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
                    .Select(file => (file, File.GetLastWriteTimeUtc(file))),
            ];
    }

    [Fact]
    public async Task A_finished_run_whose_output_is_gone_makes_it_again()
    {
        await QuantizeAsync();
        var output = await File.ReadAllBytesAsync(_folder["small.onnx"], TestContext.Current.CancellationToken);
        File.Delete(_folder["small.onnx"]);

        var again = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"]);

        Assert.Equal(ExitCode.Success, again.Code);
        Assert.Equal(output, await File.ReadAllBytesAsync(_folder["small.onnx"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stopped_run_keeps_its_options_whatever_its_preset_says_now()
    {
        await StopAsync("-w", "4");
        EditOptions(options => options["fineTuning"]!["steps"] = 5);

        var resumed = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"]);

        Assert.Equal(ExitCode.Success, resumed.Code);
        Assert.Contains("\nfine-tuning 5/5", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loss_that_is_no_number_names_the_last_good_checkpoint()
    {
        await StopAsync("-w", "4");
        EditOptions(options => options["synthesis"]!["learningRate"] = 1e30);

        var resumed = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"]);

        Assert.Equal(ExitCode.Failed, resumed.Code);
        Assert.Matches("synthesis diverged at step .*; the last good checkpoint is of step 1 of synthesis: .*safetensors", resumed.Error);
    }

    [Fact]
    public async Task A_run_of_an_older_form_is_refused_in_one_line()
    {
        await StopAsync();
        var path = _folder["small.run/run.json"];
        var run = JsonNode.Parse(File.ReadAllText(path))!;
        run["options"]!["_version"] = 2;
        File.WriteAllText(path, run.ToJsonString());

        var resumed = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"]);

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: the options in {path} cannot be used: they are \"QuantizeRequest\" of version 2, not QuantizeRequest of version 5; start again with --force\n"
            ),
            (resumed.Code, resumed.Error)
        );
    }

    [Fact]
    public async Task Resume_takes_nothing_else()
    {
        var run = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"], "-w", "4");

        Assert.Equal((ExitCode.Usage, "tacit: --resume takes all options from the run; remove -w\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task Resume_needs_a_run()
    {
        var run = await CommandRun.OfAsync("quantize", "--resume", _folder["nothing"]);

        Assert.Equal((ExitCode.BadInput, $"tacit: {_folder["nothing"]} holds no run: there is no run.json\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_network_that_changed_is_not_resumed()
    {
        await QuantizeAsync();
        Unfinished.Make(_folder["small.run"]);
        TinyNetwork.Write(_folder["tiny.onnx"], batchNorms: false);

        var run = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"], "--force");

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: {_folder["tiny.onnx"]} has changed since the run began; put it back, or start again with --force\n"
            ),
            (run.Code, run.Error)
        );
    }
}
