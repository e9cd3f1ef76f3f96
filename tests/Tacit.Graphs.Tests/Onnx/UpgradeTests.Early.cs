using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

/// <summary>Lists networks in forms of opsets up to 6, which ONNX Runtime does not run, each with the same network of today.</summary>
public sealed partial class UpgradeTests
{
    private static readonly Dictionary<
        string,
        (int Opset, Func<OnnxSketch, OnnxSketch> Old, Func<OnnxSketch, OnnxSketch> Today)
    > EarlyForms = new()
    {
        ["Add of channels"] = (
            6,
            s => s.Input("x", 0, 3, 2, 2).Floats("b", 3).Node("Add", "x b", "y", ("broadcast", 1), ("axis", 1)).Output("y"),
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("b", 3)
                    .Integers("a", 1, 2)
                    .Node("Unsqueeze", "b a", "c")
                    .Node("Add", "x c", "y")
                    .Output("y")
        ),
        ["Mul of channels that are computed"] = (
            6,
            s =>
                s.Input("x", 2, 3, 4, 4)
                    .Input("gate", 2, 3)
                    .Node("Relu", "x", "r")
                    .Node("Mul", "r gate", "y", ("broadcast", 1), ("axis", 0))
                    .Output("y"),
            s =>
                s.Input("x", 2, 3, 4, 4)
                    .Input("gate", 2, 3)
                    .Integers("a", 2, 3)
                    .Node("Relu", "x", "r")
                    .Node("Unsqueeze", "gate a", "g")
                    .Node("Mul", "r g", "y")
                    .Output("y")
        ),
        ["Sub of the last axis"] = (
            1,
            s =>
                s.Input("x", 0, 3)
                    .Floats("b", 3)
                    .Node("Sub", "x b", "y", ("broadcast", 1), ("consumed_inputs", new long[] { 0, 0 }))
                    .Output("y"),
            s => s.Input("x", 0, 3).Floats("b", 3).Node("Sub", "x b", "y").Output("y")
        ),
        ["PRelu of channels"] = (
            6,
            s => s.Input("x", 0, 3, 2, 2).Floats("b", 3).Node("PRelu", "x b", "y").Output("y"),
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("b", 3)
                    .Integers("a", 1, 2)
                    .Node("Unsqueeze", "b a", "c")
                    .Node("PRelu", "x c", "y")
                    .Output("y")
        ),
        ["Reshape with attribute"] = (
            1,
            s => s.Input("x", 0, 3, 2).Node("Reshape", "x", "y", ("shape", new long[] { 0, -1 })).Output("y"),
            s => s.Input("x", 0, 3, 2).Integers("t", 0, -1).Node("Reshape", "x t", "y").Output("y")
        ),
        ["Concat without axis"] = (
            3,
            s => s.Input("x", 0, 3, 2).Node("Concat", "x x", "y").Output("y"),
            s => s.Input("x", 0, 3, 2).Node("Concat", "x x", "y", ("axis", 1)).Output("y")
        ),
        ["Cast to a name"] = (
            5,
            s => s.Input("x", 0, 3).Node("Cast", "x", "i", ("to", "INT32")).Node("Cast", "i", "y", ("to", "FLOAT")).Output("y"),
            s => s.Input("x", 0, 3).Node("Cast", "x", "i", ("to", 6)).Node("Cast", "i", "y", ("to", 1)).Output("y")
        ),
        ["Tile of one axis"] = (
            5,
            s =>
                s.Input("x", 2, 3)
                    .Initializer("n", TensorData.Scalar(2f))
                    .Initializer("a", TensorData.Scalar(1f))
                    .Node("Tile", "x n a", "y")
                    .Output("y"),
            s => s.Input("x", 2, 3).Integers("n", 1, 2).Node("Tile", "x n", "y").Output("y")
        ),
        ["Pad of opset 1"] = (
            1,
            s => s.Input("x", 0, 3).Node("Pad", "x", "y", ("paddings", new long[] { 0, 1, 0, 2 }), ("value", 0.5f)).Output("y"),
            s =>
                s.Input("x", 0, 3).Integers("p", 0, 1, 0, 2).Initializer("v", TensorData.Scalar(0.5f)).Node("Pad", "x p v", "y").Output("y")
        ),
        ["Upsample of opset 1"] = (
            1,
            s =>
                s.Input("x", 0, 2, 3, 3)
                    .Node("Upsample", "x", "y", ("height_scale", 2f), ("width_scale", 3f), ("mode", "nearest"))
                    .Output("y"),
            s =>
                s.Input("x", 0, 2, 3, 3)
                    .Initializer("f", TensorData.Of<float>([1, 1, 2, 3], 4))
                    .Node("Resize", "x _ f", "y", ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"))
                    .Output("y")
        ),
        ["BatchNormalization and Dropout of opset 6"] = (
            6,
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("s", 3)
                    .Floats("b", 3)
                    .Floats("m", 3)
                    .Floats("v", 3)
                    .Node("BatchNormalization", "x s b m v", "n", ("is_test", 1), ("spatial", 1))
                    .Node("Dropout", "n", "y", ("is_test", 1), ("ratio", 0.3f))
                    .Output("y"),
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("s", 3)
                    .Floats("b", 3)
                    .Floats("m", 3)
                    .Floats("v", 3)
                    .Node("BatchNormalization", "x s b m v", "y")
                    .Output("y")
        ),
        ["Gemm of opset 6"] = (
            6,
            s => s.Input("x", 0, 4).Floats("w", 4, 3).Floats("b", 3).Node("Gemm", "x w b", "y", ("broadcast", 1)).Output("y"),
            s => s.Input("x", 0, 4).Floats("w", 4, 3).Floats("b", 3).Node("Gemm", "x w b", "y").Output("y")
        ),
    };

    public static TheoryData<string> EarlyNames => [.. EarlyForms.Keys];

    [Theory]
    [MemberData(nameof(EarlyNames))]
    public void An_early_form_gives_the_numbers_of_the_form_of_today(string name)
    {
        var (opset, old, today) = EarlyForms[name];

        var written = OnnxWriter.ToBytes(OnnxReader.Read(old(new OnnxSketch(opset)).Bytes));

        OnnxRuntimeRun.AssertEqual(today(new OnnxSketch(17)).Bytes, written);
    }

    // Format version 3 introduced opsets. ONNX Runtime requires one since then.
    [Fact]
    public void A_file_older_than_opsets_has_the_operators_of_opset_1()
    {
        var sketch = EarlyForms["Reshape with attribute"].Old(new OnnxSketch(1));
        sketch.Model.IrVersion = 2;
        sketch.Model.OpsetImport.Clear();

        Assert.Equal("Reshape", Assert.Single(OnnxReader.Read(sketch.Bytes).Graph.Nodes).Operator);
    }
}
