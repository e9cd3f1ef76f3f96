using System.Diagnostics;
using Tacit.Graphs.Onnx;

namespace Tacit.Graphs.Tests.Onnx;

// Runs ONNX's own checker on the files, if Debian's python3-onnx is installed.
public sealed class OnnxCheckerTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-checker");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Passes_ResNet20_written_again()
    {
        var model = OnnxReader.Read(SharedFiles.Model("resnet20-cifar10.onnx"));

        AssertChecked(model);
    }

    [Fact]
    public void Passes_a_network_of_many_forms()
    {
        var builder = new GraphBuilder("forms");
        var x = builder.Input("x", new("N", 4, 6, 6));
        var padded = builder.Add("Pad", [x, builder.Constant("pads", 0, 0, 1, 1, 0, 0, 1, 1)]);
        builder.Add(
            new Node("parts", "Split", [padded, builder.Constant("sizes", 1, 3)], ["left", "right"], Attributes.None.With("axis", 1))
        );
        var joined = builder.Add("Concat", ["right", "left"], Attributes.None.With("axis", 1));
        var clipped = builder.Add("Clip", [joined, "", builder.Initializer("most", TensorData.Scalar(6f), WeightRole.Constant)]);
        var dropped = builder.Add("Dropout", [clipped, builder.Initializer("ratio", TensorData.Scalar(0.5f), WeightRole.Constant)]);
        var mean = builder.Add("ReduceMean", [dropped], Attributes.None.With("axes", [2, 3]));
        var squeezed = builder.Add("Squeeze", [mean, builder.Constant("axes", 2, 3)]);
        builder.Output(builder.Add("Softmax", [squeezed], Attributes.None.With("axis", -1)), new("N", 4));

        AssertChecked(builder.Build());
    }

    [Fact]
    public void Passes_a_network_that_enlarges()
    {
        var builder = new GraphBuilder("enlarging");
        var x = builder.Input("x", new("N", 8, 4, 4));
        var kernel = builder.Initializer("kernel", TensorData.Of<float>(new float[8 * 4 * 2 * 2], 8, 4, 2, 2));
        var larger = builder.Add("ConvTranspose", [x, kernel], Attributes.None.With("strides", [2, 2]));
        var scales = builder.Initializer("scales", TensorData.Of<float>([1, 1, 2, 2], 4), WeightRole.Constant);
        var resized = builder.Add("Resize", [larger, "", scales], Attributes.None.With("mode", "linear"));
        var pixels = builder.Add("DepthToSpace", [resized], Attributes.None.With("blocksize", 2));
        var row = builder.Initializer("row", TensorData.Of<float>(new float[32], 32));
        var normal = builder.Add("LayerNormalization", [pixels, row, row], Attributes.None.With("axis", -1));
        var sum = builder.Add(
            "ReduceSum",
            [builder.Add("Erf", [normal]), builder.Constant("axes", 2)],
            Attributes.None.With("keepdims", 0)
        );
        builder.Output(builder.Add("Einsum", [sum, sum], Attributes.None.With("equation", "ncw,ncw->nw")), new("N", 32));

        AssertChecked(builder.Build());
    }

    private void AssertChecked(Model model)
    {
        var path = Path.Combine(_folder.FullName, "net.onnx");
        OnnxWriter.Write(model, path);
        Assert.SkipUnless(File.Exists(Python) && Run("import onnx.checker").ExitCode == 0, "python3-onnx is not there");

        var (code, error) = Run($"import onnx; onnx.checker.check_model(r'{path}', full_check=True)");

        Assert.True(code == 0, error);
    }

    private static (int ExitCode, string Error) Run(string script)
    {
        var start = new ProcessStartInfo(Python, ["-c", script]) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
