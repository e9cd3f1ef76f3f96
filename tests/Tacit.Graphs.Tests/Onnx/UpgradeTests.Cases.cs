using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

/// <summary>Lists networks in old operator forms, each with its opset.</summary>
public sealed partial class UpgradeTests
{
    private static readonly Dictionary<string, (int Opset, Func<OnnxSketch, OnnxSketch> Draw)> Cases = new()
    {
        ["Clip with attributes"] = (9, s => s.Input("x", 0, 5).Node("Clip", "x", "y", ("min", -0.5f), ("max", 1f)).Output("y", 0, 5)),
        ["Clip with one attribute"] = (10, s => s.Input("x", 0, 5).Node("Clip", "x", "y", ("max", 1f)).Output("y", 0, 5)),
        ["Clip without bounds"] = (9, s => s.Input("x", 0, 5).Node("Clip", "x", "y").Output("y", 0, 5)),
        ["Clip with inputs"] = (
            11,
            s => s.Input("x", 0, 5).Initializer("hi", TensorData.Scalar(1f)).Node("Clip", "x _ hi", "y").Output("y", 0, 5)
        ),
        ["Dropout with ratio attribute"] = (10, s => s.Input("x", 0, 5).Node("Dropout", "x", "y mask", ("ratio", 0.3f)).Output("y", 0, 5)),
        ["Dropout with ratio input"] = (
            12,
            s => s.Input("x", 0, 5).Initializer("r", TensorData.Scalar(0.3f)).Node("Dropout", "x r", "y").Output("y", 0, 5)
        ),
        ["Softmax over three dimensions"] = (11, s => s.Input("x", 0, 3, 4, 2).Node("Softmax", "x", "y").Output("y", 0, 3, 4, 2)),
        ["Softmax over two dimensions"] = (9, s => s.Input("x", 0, 3, 4, 2).Node("Softmax", "x", "y", ("axis", 2)).Output("y", 0, 3, 4, 2)),
        ["Softmax from a negative axis"] = (
            12,
            s => s.Input("x", 0, 3, 4, 2).Node("Softmax", "x", "y", ("axis", -2)).Output("y", 0, 3, 4, 2)
        ),
        ["Softmax over the last dimension"] = (9, s => s.Input("x", 0, 6).Node("Softmax", "x", "y").Output("y", 0, 6)),
        ["Softmax before dimensions of 1"] = (9, s => s.Input("x", 0, 6, 1, 1).Node("Softmax", "x", "y").Output("y", 0, 6, 1, 1)),
        ["Softmax of unknown rank"] = (11, s => s.Input("x", 0, 3, 4).Node("Relu", "x", "z").Node("Softmax", "z", "y").Output("y")),
        ["Softmax of today"] = (13, s => s.Input("x", 0, 3, 4).Node("Softmax", "x", "y", ("axis", 1)).Output("y", 0, 3, 4)),
        ["Pad with attributes"] = (
            9,
            s =>
                s.Input("x", 0, 2, 3, 3).Node("Pad", "x", "y", ("pads", new long[] { 0, 0, 1, 2, 0, 1, 0, 1 }), ("value", 1.5f)).Output("y")
        ),
        ["Pad by reflection with attributes"] = (
            10,
            s =>
                s.Input("x", 0, 2, 3, 3)
                    .Node("Pad", "x", "y", ("pads", new long[] { 0, 0, 1, 2, 0, 0, 0, 1 }), ("mode", "reflect"))
                    .Output("y")
        ),
        ["Pad with axes"] = (
            18,
            s => s.Input("x", 0, 2, 3, 3).Integers("p", 1, 2, 3, 4).Integers("a", 3, -2).Node("Pad", "x p _ a", "y").Output("y")
        ),
        ["Slice with attributes"] = (
            9,
            s =>
                s.Input("x", 0, 5, 4)
                    .Node("Slice", "x", "y", ("starts", new long[] { 1, -3 }), ("ends", new long[] { 4, 9 }), ("axes", new long[] { 1, 2 }))
                    .Output("y")
        ),
        ["Slice with attributes but axes"] = (
            9,
            s => s.Input("x", 4, 5, 4).Node("Slice", "x", "y", ("starts", new long[] { 0, 1 }), ("ends", new long[] { 4, 4 })).Output("y")
        ),
        ["Split with attribute"] = (
            11,
            s => s.Input("x", 0, 6).Node("Split", "x", "y z", ("axis", 1), ("split", new long[] { 2, 4 })).Output("y").Output("z")
        ),
        ["Split without sizes"] = (13, s => s.Input("x", 0, 6).Node("Split", "x", "y z", ("axis", -1)).Output("y").Output("z")),
        ["Split without sizes of unknown shape"] = (
            13,
            s => s.Input("x", 0, 6).Node("Relu", "x", "v").Node("Split", "v", "y z", ("axis", 1)).Output("y").Output("z")
        ),
        ["Split into uneven parts"] = (
            18,
            s => s.Input("x", 0, 7).Node("Split", "x", "y z w", ("axis", 1), ("num_outputs", 3)).Output("y").Output("z").Output("w")
        ),
        ["Squeeze with attribute"] = (
            11,
            s => s.Input("x", 0, 1, 5, 1).Node("Squeeze", "x", "y", ("axes", new long[] { 1, 3 })).Output("y")
        ),
        ["Unsqueeze with attribute"] = (9, s => s.Input("x", 0, 5).Node("Unsqueeze", "x", "y", ("axes", new long[] { 0, 2 })).Output("y")),
        ["ReduceMean with axes input"] = (
            18,
            s => s.Input("x", 0, 3, 4, 5).Integers("a", 2, 3).Node("ReduceMean", "x a", "y", ("keepdims", 0)).Output("y")
        ),
        ["ReduceMean of all"] = (18, s => s.Input("x", 0, 3).Node("ReduceMean", "x", "y").Output("y")),
        ["ReduceMean of nothing"] = (18, s => s.Input("x", 0, 3).Node("ReduceMean", "x", "y", ("noop_with_empty_axes", 1)).Output("y")),
        ["ReduceMean with attribute"] = (
            13,
            s => s.Input("x", 0, 3, 4).Node("ReduceMean", "x", "y", ("axes", new long[] { -1 })).Output("y")
        ),
        ["BatchNormalization of opset 9"] = (
            9,
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("s", 3)
                    .Floats("b", 3)
                    .Floats("m", 3)
                    .Floats("v", 3)
                    .Node("BatchNormalization", "x s b m v", "y", ("epsilon", 1e-3f))
                    .Output("y", 0, 3, 2, 2)
        ),
        ["BatchNormalization of opset 15"] = (
            15,
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("s", 3)
                    .Floats("b", 3)
                    .Floats("m", 3)
                    .Floats("v", 3)
                    .Node("BatchNormalization", "x s b m v", "y", ("training_mode", 0))
                    .Output("y", 0, 3, 2, 2)
        ),
        ["MaxPool with storage order"] = (
            10,
            s =>
                s.Input("x", 0, 2, 5, 5)
                    .Node(
                        "MaxPool",
                        "x",
                        "y",
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("storage_order", 0),
                        ("ceil_mode", 1),
                        ("strides", new long[] { 2, 2 })
                    )
                    .Output("y")
        ),
        ["AveragePool with unit dilations"] = (
            19,
            s =>
                s.Input("x", 0, 2, 5, 5)
                    .Node(
                        "AveragePool",
                        "x",
                        "y",
                        ("kernel_shape", new long[] { 3, 3 }),
                        ("dilations", new long[] { 1, 1 }),
                        ("count_include_pad", 1),
                        ("pads", new long[] { 1, 1, 1, 1 })
                    )
                    .Output("y")
        ),
        ["Reshape with allowzero"] = (
            14,
            s => s.Input("x", 0, 6).Integers("t", -1, 3).Node("Reshape", "x t", "y", ("allowzero", 1)).Output("y")
        ),
        ["Gemm without C"] = (
            11,
            s => s.Input("x", 0, 4).Floats("w", 3, 4).Node("Gemm", "x w", "y", ("transB", 1), ("alpha", 0.5f)).Output("y")
        ),
        ["Gemm of opset 9"] = (9, s => s.Input("x", 0, 4).Floats("w", 4, 3).Floats("b", 3).Node("Gemm", "x w b", "y").Output("y")),
        ["Shape from start to end"] = (
            15,
            s =>
                s.Input("x", 0, 3, 4)
                    .Node("Shape", "x", "n", ("start", 0), ("end", 2))
                    .Integers("rest", 4)
                    .Node("Concat", "n rest", "t", ("axis", 0))
                    .Node("Reshape", "x t", "y")
                    .Output("y")
        ),
        ["Constants of every kind"] = (
            13,
            s =>
                s.Input("x", 0, 2)
                    .Node("Constant", "", "a", ("value", TensorData.Of<float>([1, 2], 2)))
                    .Node("Constant", "", "b", ("value_float", 2f))
                    .Node("Constant", "", "c", ("value_floats", new float[] { 3, 4 }))
                    .Node("Constant", "", "d", ("value_ints", new long[] { -1, 1 }))
                    .Node("Constant", "", "e", ("value_int", 0))
                    .Node("Add", "x a", "p")
                    .Node("Mul", "p b", "q")
                    .Node("Sub", "q c", "r")
                    .Node("Reshape", "r d", "t")
                    .Node("Gather", "t e", "y", ("axis", 1))
                    .Output("y")
        ),
        ["Cast with saturate"] = (
            19,
            s => s.Input("x", 0, 3).Node("Cast", "x", "i", ("to", 6), ("saturate", 1)).Node("Cast", "i", "y", ("to", 1)).Output("y")
        ),
        ["Quantisation of opset 10"] = (
            10,
            s =>
                s.Input("x", 0, 3)
                    .Initializer("s", TensorData.Scalar(0.1f))
                    .Initializer("z", TensorData.Scalar((byte)128))
                    .Node("QuantizeLinear", "x s z", "q")
                    .Node("DequantizeLinear", "q s z", "y")
                    .Output("y")
        ),
        ["Quantisation of opset 21"] = (
            21,
            s =>
                s.Input("x", 0, 3)
                    .Initializer("s", TensorData.Scalar(0.01f))
                    .Node("QuantizeLinear", "x s", "q", ("output_dtype", 3), ("saturate", 1), ("block_size", 0))
                    .Node("DequantizeLinear", "q s", "y")
                    .Output("y")
        ),
        ["Gelu"] = (20, s => s.Input("x", 0, 5).Node("Gelu", "x", "y").Output("y", 0, 5)),
        ["Gelu by tanh"] = (20, s => s.Input("x", 0, 5).Node("Gelu", "x", "y", ("approximate", "tanh")).Output("y", 0, 5)),
        ["Mish"] = (18, s => s.Input("x", 0, 5).Node("Mish", "x", "y").Output("y", 0, 5)),
        ["Reshape with allowzero to computed sizes"] = (
            15,
            s =>
                s.Input("x", 0, 2, 3)
                    .Integers("six", 6)
                    .Node("Shape", "x", "n", ("start", 0), ("end", 1))
                    .Node("Concat", "n six", "t", ("axis", 0))
                    .Node("Reshape", "x t", "y", ("allowzero", 1))
                    .Output("y")
        ),
        ["ReduceMean with computed axes"] = (
            18,
            s =>
                s.Input("x", 0, 3, 4, 5)
                    .Integers("a", 1, 2)
                    .Integers("one", 1)
                    .Integers("all", -1)
                    .Node("Add", "a one", "b")
                    .Node("Reshape", "b all", "c")
                    .Node("ReduceMean", "x c", "y", ("keepdims", 0))
                    .Output("y")
        ),
        ["CastLike an input"] = (
            15,
            s => s.Input("x", 0, 3).Integers("i", 2).Node("CastLike", "i x", "f").Node("Mul", "x f", "y").Output("y", 0, 3)
        ),
        ["CastLike what is computed"] = (
            15,
            s =>
                s.Input("x", 0, 3)
                    .Initializer("h", TensorData.Of<float>([1.7f], 1))
                    .Node("Shape", "x", "n")
                    .Node("Neg", "n", "m")
                    .Node("CastLike", "h m", "i")
                    .Node("Cast", "i", "f", ("to", 1))
                    .Node("Mul", "x f", "y")
                    .Output("y", 0, 3)
        ),
        ["HardSwish"] = (
            14,
            s =>
                s.Input("x", 0, 5)
                    .Initializer("f", TensorData.Scalar(3f))
                    .Node("Mul", "x f", "v")
                    .Node("HardSwish", "v", "y")
                    .Output("y", 0, 5)
        ),
        ["LogSoftmax over three dimensions"] = (11, s => s.Input("x", 0, 3, 4, 2).Node("LogSoftmax", "x", "y").Output("y", 0, 3, 4, 2)),
        ["GroupNormalization by groups"] = (
            18,
            s =>
                s.Input("x", 0, 6, 3, 3)
                    .Floats("s", 2)
                    .Floats("b", 2)
                    .Node("GroupNormalization", "x s b", "y", ("num_groups", 2), ("epsilon", 1e-3f))
                    .Output("y", 0, 6, 3, 3)
        ),
        ["GroupNormalization by channels"] = (
            21,
            s =>
                s.Input("x", 0, 6, 3, 3)
                    .Floats("s", 6)
                    .Floats("b", 6)
                    .Node("GroupNormalization", "x s b", "y", ("num_groups", 3))
                    .Output("y", 0, 6, 3, 3)
        ),
        ["LayerNormalization with stash type"] = (
            17,
            s =>
                s.Input("x", 0, 6)
                    .Floats("s", 6)
                    .Floats("b", 6)
                    .Node("LayerNormalization", "x s b", "y mean deviation", ("axis", -1), ("stash_type", 1))
                    .Output("y", 0, 6)
        ),
        ["ReduceSum with attribute"] = (
            11,
            s => s.Input("x", 0, 3, 4).Node("ReduceSum", "x", "y", ("axes", new long[] { 1 }), ("keepdims", 0)).Output("y")
        ),
        ["ReduceSum of nothing"] = (13, s => s.Input("x", 0, 3).Node("ReduceSum", "x", "y", ("noop_with_empty_axes", 1)).Output("y")),
        ["ReduceSum of all"] = (13, s => s.Input("x", 0, 3).Node("ReduceSum", "x", "y", ("noop_with_empty_axes", 0)).Output("y")),
        ["ReduceMax with axes input"] = (18, s => s.Input("x", 0, 3, 4).Integers("a", 2).Node("ReduceMax", "x a", "y").Output("y")),
        ["ReduceL2 with axes input"] = (18, s => s.Input("x", 0, 3, 4).Integers("a", 1).Node("ReduceL2", "x a", "y").Output("y")),
        ["Upsample"] = (
            9,
            s =>
                s.Input("x", 0, 2, 3, 3)
                    .Initializer("f", TensorData.Of<float>([1, 1, 2, 3], 4))
                    .Node("Upsample", "x f", "y", ("mode", "nearest"))
                    .Output("y")
        ),
        ["Upsample, linear"] = (
            9,
            s =>
                s.Input("x", 0, 2, 3, 3)
                    .Initializer("f", TensorData.Of<float>([1, 1, 2, 2], 4))
                    .Node("Upsample", "x f", "y", ("mode", "linear"))
                    .Output("y")
        ),
        ["Resize of opset 10"] = (
            10,
            s =>
                s.Input("x", 0, 2, 4, 4)
                    .Initializer("f", TensorData.Of<float>([1, 1, 0.6f, 0.5f], 4))
                    .Node("Resize", "x f", "y")
                    .Output("y")
        ),
        ["Resize of opset 10, larger"] = (
            10,
            s => s.Input("x", 0, 2, 4, 4).Initializer("f", TensorData.Of<float>([1, 1, 1.6f, 2], 4)).Node("Resize", "x f", "y").Output("y")
        ),
        ["Resize with empty inputs"] = (
            11,
            s =>
                s.Input("x", 0, 2, 4, 4)
                    .Initializer("n", TensorData.Of<float>([], 0))
                    .Node("Shape", "x", "z")
                    .Integers("front", 0)
                    .Integers("back", 2)
                    .Integers("area", 7, 6)
                    .Node("Slice", "z front back", "nc")
                    .Node("Concat", "nc area", "t", ("axis", 0))
                    .Node(
                        "Resize",
                        "x n n t",
                        "y",
                        ("mode", "linear"),
                        ("cubic_coeff_a", -0.75f),
                        ("coordinate_transformation_mode", "pytorch_half_pixel"),
                        ("nearest_mode", "floor")
                    )
                    .Output("y")
        ),
        ["Resize of axes by scales"] = (
            18,
            s =>
                s.Input("x", 0, 2, 4, 4)
                    .Initializer("f", TensorData.Of<float>([1.5f, 2], 2))
                    .Node("Resize", "x _ f", "y", ("axes", new long[] { 2, 3 }), ("antialias", 0), ("keep_aspect_ratio_policy", "stretch"))
                    .Output("y")
        ),
        ["Resize of axes to sizes"] = (
            19,
            s =>
                s.Input("x", 0, 2, 4, 4)
                    .Integers("t", 8, 3)
                    .Node("Resize", "x _ _ t", "y", ("axes", new long[] { -2, -1 }), ("mode", "linear"))
                    .Output("y")
        ),
        ["BatchNormalization per activation"] = (
            8,
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("s", 3, 2, 2)
                    .Floats("b", 3, 2, 2)
                    .Floats("m", 3, 2, 2)
                    .Floats("v", 3, 2, 2)
                    .Node("BatchNormalization", "x s b m v", "y", ("spatial", 0))
                    .Output("y")
        ),
        ["BatchNormalization of opset 7"] = (
            7,
            s =>
                s.Input("x", 0, 3, 2, 2)
                    .Floats("s", 3)
                    .Floats("b", 3)
                    .Floats("m", 3)
                    .Floats("v", 3)
                    .Node("BatchNormalization", "x s b m v", "y", ("spatial", 1))
                    .Output("y")
        ),
        ["Upsample of opset 7"] = (
            7,
            s => s.Input("x", 0, 2, 3, 3).Node("Upsample", "x", "y", ("scales", new float[] { 1, 1, 2, 3 })).Output("y")
        ),
        ["Dropout with its mask"] = (12, s => s.Input("x", 0, 2).Node("Dropout", "x", "z m").Node("Cast", "m", "y", ("to", 1)).Output("y")),
        ["LayerNormalization with its statistics"] = (
            17,
            s =>
                s.Input("x", 0, 4, 6)
                    .Floats("s", 4, 6)
                    .Node("LayerNormalization", "x s", "y m d", ("axis", -2))
                    .Output("y")
                    .Output("m")
                    .Output("d")
        ),
        ["Sum of one"] = (8, s => s.Input("x", 0, 3).Node("Sum", "x", "y").Output("y")),
        ["Sum of three"] = (8, s => s.Input("x", 0, 3).Floats("w", 3).Floats("v", 1).Node("Sum", "x w v", "y").Output("y")),
        ["Mean of three"] = (8, s => s.Input("x", 0, 3).Floats("w", 3).Floats("v", 1).Node("Mean", "x w v", "y").Output("y")),
        ["Size"] = (13, s => s.Input("x", 0, 3).Node("Size", "x", "n").Node("Cast", "n", "y", ("to", 1)).Output("y")),
        ["MeanVarianceNormalization"] = (9, s => s.Input("x", 0, 3, 4, 4).Node("MeanVarianceNormalization", "x", "y").Output("y")),
        ["MeanVarianceNormalization over axes"] = (
            13,
            s => s.Input("x", 0, 3, 4).Node("MeanVarianceNormalization", "x", "y", ("axes", new long[] { 1, 2 })).Output("y")
        ),
        ["LpNormalization"] = (9, s => s.Input("x", 0, 3, 4).Node("LpNormalization", "x", "y", ("axis", 1)).Output("y")),
        ["LpNormalization by magnitudes"] = (9, s => s.Input("x", 0, 3).Node("LpNormalization", "x", "y", ("p", 1)).Output("y")),
        ["Scatter"] = (
            9,
            s =>
                s.Input("x", 3, 3)
                    .Initializer("i", TensorData.Of<long>([1, 0, 2], 1, 3))
                    .Floats("u", 1, 3)
                    .Node("Scatter", "x i u", "y", ("axis", 0))
                    .Output("y")
        ),
        ["TopK with attribute"] = (9, s => s.Input("x", 0, 5).Node("TopK", "x", "y i", ("k", 2)).Output("y")),
        ["Hardmax over two dimensions"] = (11, s => s.Input("x", 0, 3, 4).Node("Hardmax", "x", "y").Output("y")),
        ["ReduceLogSumExp with axes as an input"] = (
            18,
            s => s.Input("x", 0, 3, 4).Integers("a", 2).Node("ReduceLogSumExp", "x a", "y").Output("y")
        ),
        ["GridSample of opset 20"] = (
            20,
            s => s.Input("x", 0, 2, 4, 4).Input("grid", 0, 3, 3, 2).Node("GridSample", "x grid", "y", ("mode", "linear")).Output("y")
        ),
        ["A shared initializer under two names"] = (
            13,
            s => s.Input("x", 0, 3).Floats("w", 3).Node("Identity", "w", "v").Node("Add", "x w", "p").Node("Mul", "p v", "y").Output("y")
        ),
    };
}
