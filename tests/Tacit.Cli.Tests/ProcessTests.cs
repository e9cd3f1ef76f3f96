using System.Diagnostics;

namespace Tacit.Cli.Tests;

/// <summary>The program as the system runs it.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_returns_0()
    {
        var (code, output, error) = await RunAsync("--help");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("quantize", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_returns_2()
    {
        var (code, output, error) = await RunAsync("quantize", "a.onnx", "-w", "1");

        Assert.Equal((2, "", "tacit: -w takes a whole number from 2 to 8, not 1; see tacit quantize --help\n"), (code, output, error));
    }

    [Fact]
    public async Task Bad_input_returns_3()
    {
        var (code, _, error) = await RunAsync("inspect", "/nowhere.onnx");

        Assert.Equal((3, "tacit: there is no file /nowhere.onnx; give an ONNX file\n"), (code, error));
    }

    // libgomp writes to standard error when it is loaded: the number of iterations for which its threads spin while they wait.
    [Theory]
    [InlineData("OMP_DISPLAY_ENV", "verbose", "0")]
    [InlineData("OMP_WAIT_POLICY", "ACTIVE", "30000000000")]
    [InlineData("GOMP_SPINCOUNT", "7", "7")]
    public async Task Threads_of_libtorch_sleep_while_they_wait_unless_the_user_says_otherwise(string variable, string value, string spins)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only libtorch for Linux has GNU's OpenMP");
        TinyNetwork.Write(_folder["tiny.onnx"]);
        var start = StartInfo("synthesize", _folder["tiny.onnx"], "-o", _folder["out"], "--samples", "2", "--synthesis-steps", "1");
        start.Environment.Remove("OMP_WAIT_POLICY");
        start.Environment.Remove("GOMP_SPINCOUNT");
        start.Environment["OMP_DISPLAY_ENV"] = "verbose";
        start.Environment[variable] = value;

        var (code, _, error) = await RunAsync(start);

        Assert.Equal(0, code);
        Assert.Contains($"GOMP_SPINCOUNT = '{spins}'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_returns_130_and_says_how_to_go_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal with kill");
        TinyNetwork.Write(_folder["tiny.onnx"]);
        using var process = Start("quantize", _folder["tiny.onnx"], "-o", _folder["small.onnx"], "--synthesis-steps", "1000000");
        var error = "";
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            error += line + "\n";
            if (line.StartsWith("synthesis", StringComparison.Ordinal))
            {
                using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
                break;
            }
        }

        error += await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("resume with: tacit quantize --resume", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["small.onnx"]));
    }

    [Fact]
    public async Task A_run_that_is_killed_in_each_stage_goes_on_to_the_same_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal with kill");
        TinyNetwork.Write(_folder["tiny.onnx"]);
        string[] job =
        [
            "quantize",
            _folder["tiny.onnx"],
            "-w",
            "4",
            "-a",
            "4",
            "--samples",
            "24",
            "--synthesis-steps",
            "400",
            "--steps",
            "600",
            "--threads",
            "1",
            "--checkpoint-every",
            "0",
        ];
        await RunAsync([.. job, "-o", _folder["whole.onnx"]]);

        await KillAtAsync("synthesis", [.. job, "-o", _folder["killed.onnx"]]);
        await KillAtAsync("fine-tuning", "quantize", "--resume", _folder["killed.run"], "--checkpoint-every", "0");
        var (code, _, error) = await RunAsync("quantize", "--resume", _folder["killed.run"]);

        Assert.True(code == 0, error);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["whole.onnx"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["killed.onnx"], TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_pretraining_that_is_killed_goes_on_to_the_same_encoder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal with kill");
        GeneratedVideo.SkipWithoutFfmpeg();
        using (
            var sprites = new MovingSprites(
                new()
                {
                    Videos = 8,
                    MinFrames = 12,
                    MaxFrames = 16,
                    Size = 32,
                    Objects = 2,
                }
            )
        )
        {
            await sprites.WriteAsync(_folder["videos"], TestContext.Current.CancellationToken);
        }

        string[] job =
        [
            "pretrain",
            _folder["videos"],
            "--width",
            "0.125",
            "--frames",
            "4",
            "--size",
            "32",
            "--short-side",
            "32",
            "--batch",
            "4",
            "--gallery",
            "64",
            "--gallery-warm-up",
            "16",
            "--epochs",
            "40",
            "--threads",
            "1",
            "--checkpoint-every",
            "0",
            "--cache",
            _folder["cache"],
        ];
        var whole = await RunAsync([.. job, "-o", _folder["whole"]]);
        Assert.True(whole.Code == 0, whole.Error);
        await KillAtAsync("pretraining", [.. job, "-o", _folder["killed.run"]]);
        await KillAtAsync("pretraining", "pretrain", "--resume", _folder["killed.run"], "--checkpoint-every", "0");
        var (code, _, error) = await RunAsync("pretrain", "--resume", _folder["killed.run"]);

        Assert.True(code == 0, error);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["whole/encoder.onnx"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["killed.run/encoder.onnx"], TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_cache_of_videos_whose_building_is_killed_keeps_what_is_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal with kill");
        Directory.CreateDirectory(_folder["set"]);
        for (var i = 0; i < 6; i++)
        {
            new GeneratedVideo { Frames = 60, FrameRate = 20 + i }.Write(_folder[$"set/{i}.mp4"]);
        }

        string[] job = ["videos", "cache", _folder["set"], "--json", "--parallel", "1", "-o"];
        using (var process = Start([.. job, _folder["killed"]]))
        {
            while (!process.HasExited && Whole() < 2)
            {
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }

            Assert.False(process.HasExited, "it ended before it could be killed");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var kept = Whole();
        Assert.False(File.Exists(_folder["killed/cache.json"]));
        var (code, output, error) = await RunAsync([.. job, _folder["killed"]]);
        await RunAsync([.. job, _folder["whole"]]);

        Assert.True(code == 0, error);
        Assert.Contains($"\"videos\":6,\"decoded\":{6 - kept},", output, StringComparison.Ordinal);
        Assert.Equal(Contents("whole"), Contents("killed"));

        int Whole() => Directory.Exists(_folder["killed/frames"]) ? Directory.EnumerateFiles(_folder["killed/frames"], "*.rgb").Count() : 0;

        IEnumerable<(string Name, string Bytes)> Contents(string cache) =>
            [
                .. Directory
                    .EnumerateFiles(_folder[cache], "*", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
                    .Select(file => (Path.GetRelativePath(_folder[cache], file), Convert.ToBase64String(File.ReadAllBytes(file)))),
            ];
    }

    [Fact]
    public async Task Interrupting_a_cache_of_videos_returns_130_and_says_that_it_can_go_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal with kill");
        Directory.CreateDirectory(_folder["set"]);
        for (var i = 0; i < 6; i++)
        {
            new GeneratedVideo { Frames = 60, FrameRate = 20 + i }.Write(_folder[$"set/{i}.mp4"]);
        }

        using var process = Start("videos", "cache", _folder["set"], "-o", _folder["cache"], "--parallel", "1");
        while (
            !process.HasExited
            && !(Directory.Exists(_folder["cache/frames"]) && Directory.EnumerateFiles(_folder["cache/frames"], "*.rgb").Any())
        )
        {
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }

        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.EndsWith("tacit: stopped; the decoded frames are kept; resume with the same command\n", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder["cache/frames"], "*.tmp"));
    }

    // Ends the program with SIGKILL as soon as the stage has a checkpoint.
    private async Task KillAtAsync(string stage, params string[] arguments)
    {
        using var process = Start(arguments);
        var checkpoints = _folder["killed.run/checkpoints"];
        while (
            !process.HasExited && !(Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, $"*-{stage}.safetensors").Any())
        )
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.False(process.HasExited, $"the run ended before it could be killed in {stage}");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(File.Exists(_folder["killed.onnx"]));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(StartInfo(arguments));

    private static async Task<(int Code, string Output, string Error)> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(params string[] arguments) => Process.Start(StartInfo(arguments))!;

    private static ProcessStartInfo StartInfo(params string[] arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tacit.exe" : "tacit"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
}
