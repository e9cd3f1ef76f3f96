using CsCheck;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Onnx;

namespace Tacit.Graphs.Tests.Passes.Canonical;

// Equivalent forms that exporters write, each with its canonical form. The reference is ONNX Runtime.
public sealed class CanonicalizationTests
{
    private static readonly Dictionary<string, (string[] Operators, Func<OnnxSketch, OnnxSketch> Draw)> Cases = new()
    {
        ["Max with 0"] = (
            ["Relu"],
            s => s.Input("x", 0, 3).Initializer("z", TensorData.Scalar(0f)).Node("Max", "x z", "y").Output("y", 0, 3)
        ),
        ["Max with a number"] = (
            ["Clip"],
            s => s.Input("x", 0, 3).Initializer("z", TensorData.Of<float>([-1f], 1)).Node("Max", "z x", "y").Output("y", 0, 3)
        ),
        ["Min of Max"] = (
            ["Clip"],
            s =>
                s.Input("x", 0, 3)
                    .Initializer("z", TensorData.Scalar(-1f))
                    .Initializer("six", TensorData.Scalar(0.5f))
                    .Node("Max", "x z", "a")
                    .Node("Min", "a six", "y")
                    .Output("y", 0, 3)
        ),
        ["Min of Relu"] = (
            ["Clip"],
            s =>
                s.Input("x", 0, 3)
                    .Initializer("six", TensorData.Scalar(0.5f))
                    .Node("Relu", "x", "a")
                    .Node("Min", "six a", "y")
                    .Output("y", 0, 3)
        ),
        ["Min of a Relu that is read twice"] = (
            ["Relu", "Clip", "Add"],
            s =>
                s.Input("x", 0, 3)
                    .Initializer("six", TensorData.Scalar(0.5f))
                    .Node("Relu", "x", "a")
                    .Node("Min", "a six", "b")
                    .Node("Add", "a b", "y")
                    .Output("y", 0, 3)
        ),
        ["Max with numbers"] = (["Max"], s => s.Input("x", 0, 3).Floats("z", 3).Node("Max", "x z", "y").Output("y", 0, 3)),
        ["Max that broadcasts"] = (["Max"], s => s.Input("x", 0, 3).Floats("z", 1, 1, 1).Node("Max", "x z", "y").Output("y", 1, 0, 3)),
        ["Mean over pixels"] = (
            ["GlobalAveragePool"],
            s => s.Input("x", 0, 3, 4, 5).Integers("a", -1, 2).Node("ReduceMean", "x a", "y").Output("y", 0, 3, 1, 1)
        ),
        ["Mean over pixels, dropped"] = (
            ["GlobalAveragePool", "Flatten"],
            s => s.Input("x", 0, 3, 4, 5).Integers("a", 2, 3).Node("ReduceMean", "x a", "y", ("keepdims", 0)).Output("y", 0, 3)
        ),
        ["Mean over rows"] = (
            ["ReduceMean"],
            s => s.Input("x", 0, 3, 4, 5).Integers("a", 2).Node("ReduceMean", "x a", "y").Output("y", 0, 3, 1, 5)
        ),
        ["Relu of a pooled Relu"] = (
            ["Relu", "MaxPool", "Neg"],
            s =>
                s.Input("x", 0, 3, 4, 5)
                    .Node("Relu", "x", "a")
                    .Node("MaxPool", "a", "p", ("kernel_shape", new long[] { 2, 2 }))
                    .Node("Relu", "p", "b")
                    .Node("Relu", "b", "c")
                    .Node("Neg", "c", "y")
                    .Output("y", 0, 3, 3, 4)
        ),
        ["Relu of joined Relus"] = (
            ["Relu", "Sigmoid", "Concat", "Neg"],
            s =>
                s.Input("x", 0, 3)
                    .Node("Relu", "x", "a")
                    .Node("Sigmoid", "x", "b")
                    .Node("Concat", "a b", "j", ("axis", 1))
                    .Node("Relu", "j", "c")
                    .Node("Neg", "c", "y")
                    .Output("y", 0, 6)
        ),
        ["Relu after a pad by a negative number"] = (
            ["Relu", "Pad", "Relu", "Neg"],
            s =>
                s.Input("x", 0, 3)
                    .Integers("p", 0, 1, 0, 1)
                    .Initializer("v", TensorData.Scalar(-1f))
                    .Node("Relu", "x", "a")
                    .Node("Pad", "a p v", "b")
                    .Node("Relu", "b", "c")
                    .Node("Neg", "c", "y")
                    .Output("y", 0, 5)
        ),
        ["Relu that is an output"] = (
            ["Relu", "Relu"],
            s => s.Input("x", 0, 3).Node("Relu", "x", "a").Node("Relu", "a", "y").Output("y", 0, 3)
        ),
        ["Linear layer in two"] = (
            ["Gemm"],
            s => s.Input("x", 0, 3).Floats("w", 3, 4).Floats("b", 4).Node("MatMul", "x w", "p").Node("Add", "b p", "y").Output("y", 0, 4)
        ),
        ["Linear layer of rows"] = (
            ["MatMul", "Add"],
            s =>
                s.Input("x", 0, 2, 3)
                    .Floats("w", 3, 4)
                    .Floats("b", 4)
                    .Node("MatMul", "x w", "p")
                    .Node("Add", "p b", "y")
                    .Output("y", 0, 2, 4)
        ),
        ["Linear layer and something else"] = (
            ["MatMul", "Add"],
            s => s.Input("x", 0, 3).Floats("w", 3, 4).Floats("b", 1).Node("MatMul", "x w", "p").Node("Add", "p b", "y").Output("y", 0, 4)
        ),
        ["Transposed weight"] = (
            ["Gemm"],
            s =>
                s.Input("x", 0, 3)
                    .Floats("w", 4, 3)
                    .Floats("b", 4)
                    .Node("Transpose", "w", "t", ("perm", new long[] { 1, 0 }))
                    .Node("MatMul", "x t", "p")
                    .Node("Add", "p b", "y")
                    .Output("y", 0, 4)
        ),
        ["Weight of rows, columns, inputs, outputs"] = (
            ["Conv"],
            s =>
                s.Input("x", 0, 3, 4, 4)
                    .Floats("w", 2, 2, 3, 4)
                    .Node("Transpose", "w", "t", ("perm", new long[] { 3, 2, 0, 1 }))
                    .Node("Conv", "x t", "y")
                    .Output("y")
        ),
        ["Weight reshaped, squeezed and unsqueezed"] = (
            ["MatMul"],
            s =>
                s.Input("x", 0, 6)
                    .Floats("w", 3, 1, 4)
                    .Integers("one", 1)
                    .Integers("first", 0)
                    .Integers("to", 0, 6, -1)
                    .Node("Squeeze", "w one", "a")
                    .Node("Unsqueeze", "a first", "b")
                    .Node("Reshape", "b to", "c")
                    .Node("Squeeze", "c first", "d")
                    .Node("MatMul", "x d", "y")
                    .Output("y", 0, 2)
        ),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Writes_one_form_that_computes_the_same(string name)
    {
        var (operators, draw) = Cases[name];
        var file = draw(new OnnxSketch(18)).Bytes;
        var model = ConstantFolding.Apply(OnnxReader.Read(file));

        var form = Canonicalization.Apply(model);

        Assert.Equal(operators, form.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(form));
    }

    [Fact]
    public void Moved_weights_keep_their_roles()
    {
        var model = Canonicalization.Apply(OnnxReader.Read(Cases["Transposed weight"].Draw(new OnnxSketch(18)).Bytes));

        Assert.All(model.Graph.Initializers.Values, initializer => Assert.Equal(WeightRole.Parameter, initializer.Role));
    }

    [Fact]
    public void Transposes_as_indices_say() =>
        Gen.Int[1, 4]
            .Array[1, 4]
            .Select(Gen.Int[0, 1000])
            .Sample(
                (sizes, seed) =>
                {
                    var order = Enumerable.Range(0, sizes.Length).ToArray();
                    new Random(seed).Shuffle(order);
                    var data = TensorData.Of<int>(
                        [.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b))],
                        [.. sizes.Select(size => (long)size)]
                    );

                    var transposed = data.Transpose(order);

                    foreach (var at in Places(transposed.Sizes.Select(size => (int)size).ToArray()))
                    {
                        var from = new int[sizes.Length];
                        for (var axis = 0; axis < order.Length; axis++)
                        {
                            from[order[axis]] = at[axis];
                        }

                        Assert.Equal(
                            data.As<int>()[Index(from, sizes)],
                            transposed.As<int>()[Index(at, [.. transposed.Sizes.Select(size => (int)size)])]
                        );
                    }
                }
            );

    [Fact]
    public void Refuses_to_transpose_by_other_axes() =>
        Assert.Throws<ArgumentException>(() => TensorData.Of<float>([1, 2], 1, 2).Transpose(0, 0));

    [Fact]
    public void The_input_is_taken_and_given_back()
    {
        var file = new OnnxSketch(18)
            .Input("x", 0, 4, 5, 3)
            .Floats("w", 2, 3, 1, 1)
            .Node("Transpose", "x", "t", ("perm", new long[] { 0, 3, 1, 2 }))
            .Node("Conv", "t w", "y")
            .Output("y", 0, 2, 4, 5)
            .Bytes;
        var model = OnnxReader.Read(file);

        var without = ChannelsLastInput.Without(model);

        Assert.Equal(new Shape("batch", 3, 4, 5), without.Graph.Inputs[0].Type.Shape);
        Assert.Equal(["Conv"], without.Graph.Nodes.Select(node => node.Operator));
        Assert.False(ChannelsLastInput.IsIn(without));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(ChannelsLastInput.With(without)));
    }

    [Fact]
    public void An_input_that_is_read_otherwise_is_left()
    {
        var model = OnnxReader.Read(
            new OnnxSketch(18)
                .Input("x", 0, 4, 5, 3)
                .Node("Transpose", "x", "t", ("perm", new long[] { 0, 3, 1, 2 }))
                .Node("Flatten", "x", "a")
                .Node("Flatten", "t", "b")
                .Node("Add", "a b", "y")
                .Output("y", 0, 60)
                .Bytes
        );

        Assert.False(ChannelsLastInput.IsIn(model));
        Assert.Throws<ArgumentException>(() => ChannelsLastInput.Without(model));
    }

    private static IEnumerable<int[]> Places(int[] sizes) =>
        sizes.Aggregate(
            (IEnumerable<int[]>)
                [
                    [],
                ],
            (places, size) => places.SelectMany(place => Enumerable.Range(0, size).Select(at => (int[])[.. place, at]))
        );

    private static int Index(int[] place, int[] sizes) =>
        place.Zip(sizes).Aggregate(0, (index, axis) => (index * axis.Second) + axis.First);
}
