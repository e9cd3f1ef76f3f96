using Tacit.Cli.Hosting;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Tests.Commands.Synthesize;

public sealed class SynthesizeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SynthesizeCommandTests() => TinyNetwork.Write(_folder["tiny.onnx"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_writes_images_and_a_set()
    {
        var run = await SynthesizeAsync("--json");

        Assert.Equal((ExitCode.Success, 6), (run.Code, run.Json.GetProperty("images").GetInt32()));
        Assert.Equal(6, Directory.GetFiles(_folder["out"], "*.png").Length);
        Assert.Equal(6, SyntheticSet.Load(_folder["out/samples.safetensors"]).Count);
    }

    [Fact]
    public async Task Samples_that_exist_need_force()
    {
        await SynthesizeAsync();

        var refused = await SynthesizeAsync();
        var forced = await SynthesizeAsync("--force");

        Assert.Equal((ExitCode.Usage, ExitCode.Success), (refused.Code, forced.Code));
    }

    private Task<CommandRun> SynthesizeAsync(params string[] more) =>
        CommandRun.OfAsync(["synthesize", _folder["tiny.onnx"], "--samples", "6", "--synthesis-steps", "2", "-o", _folder["out"], .. more]);
}
