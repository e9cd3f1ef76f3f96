using System.Diagnostics;
using Tacit.Inference.Contracts;
using Tacit.Inference.Tests.Video;

namespace Tacit.Inference.Tests.Samples;

/// <summary>The sample watch-clip, as an application that references only Tacit.Inference.</summary>
public sealed class WatchClipTests
{
    private static readonly string Folder = Path.GetFullPath(
        Path.Combine(
            AppContext.BaseDirectory,
            "..",
            "..",
            "watch-clip",
            Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))
        )
    );

    // Finds the program of the same name in the rest of PATH.
    private const string Real = """PATH=${PATH#*:}; exec "$(basename "$0")" "$@" """;

    // Each start of ffmpeg records the libraries that its parent has loaded. At the last start, both networks are loaded and one has run.
    [Fact]
    public async Task It_classifies_and_embeds_and_loads_nothing_of_torch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var programs = new FakePrograms($"""cat /proc/$PPID/maps >"$0.maps"; {Real}""", Real);
        var clip = new ClipPreprocessing(4, 4);
        await File.WriteAllBytesAsync(programs.File("classifier.onnx"), SmallClipNetworks.Classifier(clip));
        await File.WriteAllBytesAsync(programs.File("encoder.onnx"), SmallClipNetworks.Encoder("N", clip));
        GeneratedVideo.Run([
            "-loglevel",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=c=0x1010C0:size=32x24:rate=20:duration=1",
            "-threads",
            "1",
            programs.File("a.mp4"),
        ]);

        var (code, output, error) = await RunAsync(
            programs,
            programs.File("classifier.onnx"),
            programs.File("encoder.onnx"),
            programs.File("a.mp4")
        );

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"^blue \(\d+\.\d %\), an embedding of 3 numbers\n$", output);
        var loaded = await File.ReadAllTextAsync(programs.File("ffmpeg.maps"));
        Assert.Contains("libonnxruntime", loaded, StringComparison.Ordinal);
        Assert.Contains("Tacit.Inference.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("torch", loaded, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Tacit.Learning", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_torch_lies_beside_it()
    {
        var files = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName);

        Assert.DoesNotContain(
            files,
            file =>
                file!.Contains("torch", StringComparison.OrdinalIgnoreCase) || file.StartsWith("Tacit.Learning", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("torch", File.ReadAllText(Path.Combine(Folder, "watch-clip.deps.json")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_cannot_be_read_is_one_line()
    {
        using var programs = new FakePrograms(Real, Real);

        var (code, output, error) = await RunAsync(
            programs,
            programs.File("none.onnx"),
            programs.File("none.onnx"),
            programs.File("a.mp4")
        );

        Assert.Equal((3, "", $"{programs.File("none.onnx")} does not exist; give an ONNX file\n"), (code, output, error));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(FakePrograms programs, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, "watch-clip"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{programs.Location}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
