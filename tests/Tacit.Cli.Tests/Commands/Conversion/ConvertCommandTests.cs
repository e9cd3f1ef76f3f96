using System.IO.Compression;
using Microsoft.ML.OnnxRuntime;
using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.WeightFiles;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Learning.Networks;
using ModelMetadata = Tacit.Inference.Contracts.ModelMetadata;

namespace Tacit.Cli.Tests.Commands.Conversion;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet20-cifar10.pth")]
    [InlineData("resnet20-cifar10-legacy.pth")]
    public async Task A_published_network_gives_the_logits_that_pytorch_exported(string weights)
    {
        var (exported, output) = (SharedFiles.ResNet20, _folder["net.onnx"]);

        var run = await CommandRun.OfAsync("convert", SharedFiles.Model(weights), "--network", "resnet20-cifar", "-o", output);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        foreach (var images in new[] { RandomImages(), RealImages() })
        {
            var (expected, actual) = (Logits(exported, images), Logits(output, images));
            Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-3));
        }
    }

    [Fact]
    public async Task Classes_come_from_the_weights_and_preprocessing_from_the_options()
    {
        Save(Zoo.Find("resnet20-cifar")!.Build(classes: 3, seed: 5), prefix: "_orig_mod.module.");

        var run = await ConvertAsync("--mean", "0.5,0.5,0.5", "--std", "0.5,0.5,0.5", "--json");

        Assert.Equal((ExitCode.Success, 3), (run.Code, run.Json.GetProperty("classes").GetInt32()));
        var model = OnnxReader.Read(_folder["net.onnx"]);
        Assert.Equal(new Shape("N", 3), model.Graph.Outputs[0].Type.Shape);
        Assert.Equal("32x32", model.Metadata["tacit.input.size"]);
    }

    [Fact]
    public async Task A_network_on_clips_takes_frames_and_a_size()
    {
        var network = VideoZoo.Find("r3d-10")!.Build(classes: 3, seed: 5);
        Save(network);

        var run = await CommandRun.OfAsync(
            "convert",
            _folder["weights"],
            "--network",
            "r3d-10",
            "--frames",
            "8",
            "--input-size",
            "56",
            "--mean",
            "0.5,0.5,0.5",
            "--std",
            "0.5,0.5,0.5",
            "-o",
            _folder["net.onnx"]
        );

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        var model = OnnxReader.Read(_folder["net.onnx"]);
        Assert.Equal(
            (new Shape("N", 3, 8, 56, 56), new Shape("N", 3)),
            (model.Graph.Inputs[0].Type.Shape, model.Graph.Outputs[0].Type.Shape)
        );
        var mean = new ChannelTriple(0.5f, 0.5f, 0.5f);
        Assert.Equal(
            new ModelMetadata
            {
                Clips = new ClipPreprocessing(8, 56) { Mean = mean, Std = mean },
            },
            ModelMetadata.Read(model.Metadata)
        );
        Assert.True(network.Weights["layer4.0.conv2.weight"].Bytes.SequenceEqual(model.Weights["layer4.0.conv2.weight"].Bytes));
    }

    [Theory]
    [InlineData("r3d-10", "1", "r3d-10 cannot be built: r3d-10 takes clips of at least 2 frames")]
    [InlineData("resnet20-cifar", "8", "resnet20-cifar takes images; remove --frames")]
    public async Task Frames_that_the_network_cannot_take_are_wrong_usage(string network, string frames, string error)
    {
        Save(Zoo.Find("resnet20-cifar")!.Build());

        var run = await CommandRun.OfAsync(
            "convert",
            _folder["weights"],
            "--network",
            network,
            "--frames",
            frames,
            "-o",
            _folder["net.onnx"]
        );

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_names_and_shapes_that_differ_are_listed_in_one_line()
    {
        Save(Zoo.Find("resnet20-cifar")!.Build(classes: 3), left: ["bn1.bias", "conv1.weight"], added: ["head.weight", "conv1.weight"]);

        var run = await ConvertAsync();

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Equal(
            $"tacit: {_folder["weights"]} does not hold the weights of resnet20: missing: bn1.bias; not in the network: head.weight; "
                + "of another type or shape: conv1.weight (Float32 1, not Float32 16 x 3 x 3 x 3)\n",
            run.Error
        );
        Assert.False(File.Exists(_folder["net.onnx"]));
    }

    [Fact]
    public async Task Weights_of_another_network_are_refused_without_a_flood()
    {
        Save(Zoo.Find("resnet32-cifar")!.Build());

        var run = await ConvertAsync();

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("and 52 more", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_file_that_would_run_code_gets_one_line_and_code_3()
    {
        File.WriteAllBytes(_folder["weights"], [0x80, 2, .. "cos\nsystem\nX"u8, 4, 0, 0, 0, .. "true"u8, 0x85, .. "R."u8]);

        var run = await ConvertAsync();

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: {_folder["weights"]} asks to run os.system: refused; a weight file holds tensors only, as torch.save(network.state_dict(), …) writes them\n"
            ),
            (run.Code, run.Error)
        );
    }

    [Fact]
    public async Task An_unknown_network_is_wrong_usage_and_the_known_are_named()
    {
        var run = await CommandRun.OfAsync("convert", _folder["weights"], "--network", "lenet");

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("there is no network lenet; there are resnet20-cifar, ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_overwritten_unasked()
    {
        Save(Zoo.Find("resnet20-cifar")!.Build());
        File.WriteAllText(_folder["net.onnx"], "precious");

        Assert.Equal(ExitCode.Usage, (await ConvertAsync()).Code);
        Assert.Equal("precious", File.ReadAllText(_folder["net.onnx"]));
        Assert.Equal(ExitCode.Success, (await ConvertAsync("--force")).Code);
    }

    private Task<CommandRun> ConvertAsync(params string[] options) =>
        CommandRun.OfAsync(["convert", _folder["weights"], "--network", "resnet20-cifar", "-o", _folder["net.onnx"], .. options]);

    private void Save(Model model, string prefix = "", string[]? left = null, string[]? added = null)
    {
        var tensors = model
            .Graph.Initializers.Values.Where(initializer =>
                initializer.Role != WeightRole.Constant && left?.Contains(initializer.Name) != true
            )
            .Select(initializer => KeyValuePair.Create(prefix + initializer.Name, model.Weights[initializer.Name]))
            .Append(KeyValuePair.Create(prefix + "bn1.num_batches_tracked", TensorData.Scalar(7L)))
            .Concat((added ?? []).Select(name => KeyValuePair.Create(name, TensorData.Of([1f]))));
        SafeTensors.Write(_folder["weights"], tensors);
    }

    private static float[] RandomImages()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 4 * 3 * 32 * 32).Select(_ => (random.NextSingle() * 4) - 2)];
    }

    private static float[] RealImages()
    {
        using var zip = ZipFile.OpenRead(SharedFiles.Cifar10Test);
        return
        [
            .. zip
                .Entries.Where(entry => entry.Name.EndsWith(".jpg", StringComparison.Ordinal))
                .Take(8)
                .SelectMany(entry =>
                {
                    using var content = new MemoryStream();
                    using (var stream = entry.Open())
                    {
                        stream.CopyTo(content);
                    }

                    var pixels = ImageDecoder.Decode(content.ToArray()).Pixels.ToArray();
                    return Enumerable
                        .Range(0, 3)
                        .SelectMany(channel =>
                            Enumerable.Range(0, 32 * 32).Select(pixel => ((pixels[(pixel * 3) + channel] / 255f) - 0.45f) / 0.225f)
                        );
                }),
        ];
    }

    private static float[] Logits(string path, float[] images)
    {
        using var session = new InferenceSession(path);
        using var input = OrtValue.CreateTensorValueFromMemory(images, [images.Length / (3 * 32 * 32), 3, 32, 32]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [session.InputNames[0]], [input], session.OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
