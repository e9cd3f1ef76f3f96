using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

[NoTensorLeaks]
public sealed class GraphModuleTests
{
    [Fact]
    public void Computes_the_output()
    {
        using var run = new Run();

        using var activations = run.Module.Run(run.Weights, run.X);

        Assert.Equal(["y"], activations.Names);
        Assert.Equal([2f, 0f], activations.Output.data<float>().ToArray());
    }

    [Fact]
    public void Taps_inputs_weights_and_inner_values()
    {
        using var run = new Run();

        using var activations = run.Module.Run(run.Weights, run.X, taps: ["x", "factor", "product", "y"]);

        Assert.Equal([1f, -1f], activations["x"].data<float>().ToArray());
        Assert.Equal(2f, activations["factor"].ToSingle());
        Assert.Equal([2f, -2f], activations["product"].data<float>().ToArray());
    }

    [Fact]
    public void Disposing_the_activations_leaves_inputs_and_weights_alone()
    {
        using var run = new Run();

        run.Module.Run(run.Weights, run.X, taps: ["x", "factor"]).Dispose();

        Assert.Equal(1f, run.X.data<float>()[0]);
        Assert.Equal(2f, run.Weights["factor"].ToSingle());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keeps_no_handle_beside_the_results(bool gradients)
    {
        using var run = new Run();
        using var guard = set_grad_enabled(gradients);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using var activations = run.Module.Run(run.Weights, run.X, taps: ["product"]);

        Assert.Equal(before + 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Gradients_reach_the_input_the_weights_and_the_taps()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(trainable: true);
        run.X.requires_grad = true;

        using var activations = run.Module.Run(run.Weights, run.X, taps: ["product"]);
        (activations.Output.sum() + activations["product"].square().sum()).backward();

        // y = relu(2 x), p = 2 x: d/dx = [2 + 8, -8], d/dfactor = 1 + 2·2·(1 + 1).
        Assert.Equal([10f, -8f], run.X.grad!.data<float>().ToArray());
        Assert.Equal(9f, run.Weights["factor"].grad!.ToSingle());
    }

    [Fact]
    public void Runs_with_other_weights_over_the_same_graph()
    {
        using var run = new Run();
        using var other = TorchWeights.From(run.Weights.ToModel(), CPU, trainable: false);
        using var ten = tensor(10f);
        other.Set("factor", ten);

        using var activations = run.Module.Run(other, run.X);

        Assert.Equal(10f, activations.Output.data<float>()[0]);
    }

    [Fact]
    public void Results_belong_to_the_callers_scope()
    {
        using var run = new Run();
        Tensor output;
        using (NewDisposeScope())
        {
            output = run.Module.Run(run.Weights, run.X).Output;
            Assert.False(output.IsInvalid);
        }

        Assert.True(output.IsInvalid);
    }

    [Fact]
    public void Takes_several_inputs_and_gives_several_outputs()
    {
        var builder = new GraphBuilder("several");
        var (a, b) = (builder.Input("a", new("N")), builder.Input("b", new("N")));
        builder.Output(builder.Add("Add", [a, b], name: "sum"), new("N"));
        builder.Output(builder.Add("Sub", [a, b], name: "difference"), new("N"));
        var model = builder.Build();
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var module = new GraphModule(model);
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["a"] = ones(2), ["b"] = ones(2) };

        using var activations = module.Run(weights, inputs);

        Assert.Equal(2f, activations["sum"][0].ToSingle());
        Assert.Equal(0f, activations["difference"][0].ToSingle());
        Assert.Throws<InvalidOperationException>(() => activations.Output);
        Assert.Throws<ArgumentException>(() => module.Run(weights, inputs["a"]));
    }

    [Fact]
    public void An_output_that_is_an_input_comes_under_its_own_handle()
    {
        var builder = new GraphBuilder("through");
        builder.Output(builder.Input("x", new("N")), new("N"));
        var model = builder.Build();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var x = ones(2);

        new GraphModule(model).Run(weights, x).Dispose();

        Assert.False(x.IsInvalid);
    }

    // With a batch size of 2, y = 2 x is concatenated and the mean of each part is stacked. The filling of the last part is not in y.
    [Fact]
    public void Runs_a_fixed_batch_in_parts()
    {
        var builder = new GraphBuilder("fixed");
        var x = builder.Input("x", new(2, 1));
        var two = builder.Initializer("two", TensorData.Scalar(2f));
        var mean = builder.Add("ReduceMean", [x], Attributes.None.With("keepdims", 0), "mean");
        builder.Output(builder.Add("Mul", [x, two], name: "y"), new(2, 1));
        builder.Output(mean, Shape.Scalar);
        var model = builder.Build();
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var input = tensor(new[] { 1f, 3, 5 }, 3, 1, requires_grad: true);

        using var activations = new GraphModule(model).Run(weights, input, taps: ["two"]);
        activations["y"].sum().backward();

        Assert.Equal([2f, 6, 10], activations["y"].data<float>().ToArray());
        Assert.Equal([2f, 2.5f], activations["mean"].data<float>().ToArray());
        Assert.Equal(2f, activations["two"].ToSingle());
        Assert.Equal([2f, 2, 2], input.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Refuses_an_input_of_other_sizes()
    {
        using var run = new Run();
        using var wrong = ones(3, 5);

        var error = Assert.Throws<ArgumentException>(() => run.Module.Run(run.Weights, wrong));

        Assert.StartsWith("the input x is Float32 N x 2, the tensor given is Float32 3 x 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_input_of_another_type()
    {
        using var run = new Run();
        using var wrong = ones([1, 2], ScalarType.Float64);

        Assert.Throws<ArgumentException>(() => run.Module.Run(run.Weights, wrong));
    }

    [Fact]
    public void Refuses_a_tap_that_does_not_exist()
    {
        using var run = new Run();

        Assert.Throws<ArgumentException>(() => run.Module.Run(run.Weights, run.X, taps: ["nothing"]));
    }

    [Fact]
    public void Names_the_operator_that_it_does_not_know()
    {
        var builder = new GraphBuilder("unknown");
        builder.Output(builder.Add("Loop", [builder.Input("x", new("N"))]), new("N"));

        var error = Assert.Throws<UnsupportedOperatorException>(() => new GraphModule(builder.Build()));

        Assert.Equal("Loop", error.Operator);
    }

    [Fact]
    public void Names_the_node_that_cannot_be_computed()
    {
        var builder = new GraphBuilder("misfit");
        var weight = builder.Initializer("w", TensorData.Of<float>(new float[6], 3, 2));
        builder.Output(builder.Add("MatMul", [builder.Input("x", new("N", 2)), weight], name: "product"), new("N", 2));
        var model = builder.Build();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var x = ones(1, 2);

        var error = Assert.Throws<UnsuitableModelException>(() => new GraphModule(model).Run(weights, x));

        Assert.Equal("product", error.Node);
        Assert.StartsWith(
            "MatMul product cannot be computed on (x: Float32 1 x 2, w: Float32 3 x 2): ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    // y = relu(x · factor), factor 2, x = [[1, -1]].
    private sealed class Run : IDisposable
    {
        public Run(bool trainable = false)
        {
            var builder = new GraphBuilder("run");
            var factor = builder.Initializer("factor", TensorData.Scalar(2f));
            var product = builder.Add("Mul", [builder.Input("x", new("N", 2)), factor], name: "product");
            builder.Output(builder.Add("Relu", [product], name: "y"), new("N", 2));
            var model = builder.Build();
            Module = new GraphModule(model);
            Weights = TorchWeights.From(model, CPU, trainable);
            X = tensor(new[] { 1f, -1f }, [1, 2]);
        }

        public GraphModule Module { get; }

        public TorchWeights Weights { get; }

        public Tensor X { get; }

        public void Dispose()
        {
            Weights.Dispose();
            X.Dispose();
        }
    }

    // Frames merged into a batch of one keep their channels on axis 1, and the zeros that fill the last part do not affect the result.
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    public void Frames_folded_into_a_fixed_batch_are_joined_along_the_batch(int part, int count)
    {
        using var scope = NewDisposeScope();
        var builder = new GraphBuilder("frames");
        var x = builder.Input("x", new(part, 4, 2));
        var frames = builder.Add("Reshape", [x, builder.Constant("sizes", 4 * part, 2)], name: "frames");
        builder.Output(builder.Add("Reshape", [frames, builder.Constant("whole", part, 8)], name: "y"), new(part, 8));
        var model = builder.Build();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var input = arange(count * 8, dtype: ScalarType.Float32).reshape(count, 4, 2);

        using var activations = new GraphModule(model).Run(weights, input, taps: ["frames"]);

        Assert.True(activations["frames"].equal(input.reshape(4 * count, 2)).all().ToBoolean());
        Assert.True(activations["y"].equal(input.reshape(count, 8)).all().ToBoolean());
    }
}
