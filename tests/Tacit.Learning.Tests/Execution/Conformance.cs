using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution;

/// <summary>Checks the execution of one operator against ONNX Runtime and against finite differences.</summary>
internal static class Conformance
{
    public const double Tolerance = 1e-4;

    /// <summary>The values equal ONNX Runtime's; so they do when constants are fed at run time instead.</summary>
    public static void CheckValues(OperatorCase given)
    {
        var actual = Execute(given);
        var model = given.ToModel([.. actual.Select(tensor => tensor.Type)]);
        var onnx = OnnxWriter.ToBytes(model, new OnnxWriterOptions { Opset = given.Opset });
        var expected = RuntimeReference.Run(onnx, given.Inputs);
        for (var i = 0; i < expected.Length; i++)
        {
            CheckEqual(expected[i], actual[i], $"{given}, output {i}");
        }

        if (given.Operands.Any(operand => operand.IsConstant))
        {
            var fed = Execute(given.Fed());
            Assert.All(fed.Zip(actual), pair => CheckEqual(pair.Second, pair.First, $"{given}, fed"));
        }
    }

    /// <summary>The gradient of a weighted sum of the outputs, to every floating-point operand, equals central differences.</summary>
    public static void CheckGradients(OperatorCase given, Draw draw)
    {
        given = given.Widened();
        var model = given.ToModel();
        var module = new GraphModule(model);
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        var inputs = given.Inputs.ToDictionary(pair => pair.Key, pair => pair.Value.ToTensor());
        var sought = inputs.Where(pair => pair.Value.is_floating_point()).ToList();
        foreach (var (_, tensor) in sought)
        {
            tensor.requires_grad = true;
        }

        Tensor[]? factors = null;
        Loss().backward();
        foreach (var (name, tensor) in sought)
        {
            var gradient = tensor.grad!.reshape(-1);
            for (var trial = 0; trial < 8; trial++)
            {
                var index = draw.Int(0, (int)tensor.numel() - 1);
                var expected = Difference(tensor, index);
                var actual = gradient[index].ToDouble();
                Assert.True(
                    Math.Abs(expected - actual) <= 1e-5 * Math.Max(1, Math.Abs(expected)),
                    $"{given}: the gradient to {name}[{index}] is {actual}, by differences {expected}");
            }
        }

        double Difference(Tensor tensor, int index)
        {
            using var guard = no_grad();
            const double Step = 1e-5;
            var flat = tensor.detach().view(-1);
            var value = flat[index].ToDouble();
            flat[index] = value + Step;
            var above = Loss().ToDouble();
            flat[index] = value - Step;
            var below = Loss().ToDouble();
            flat[index] = value;
            return (above - below) / (2 * Step);
        }

        Tensor Loss()
        {
            using var activations = module.Run(weights, inputs);
            var outputs = model.Graph.Outputs.Select(output => activations[output.Name]).ToList();
            factors ??= [.. outputs.Select(output => draw.Floats(-1, 1, output.shape).ToTensor().to(ScalarType.Float64))];
            return outputs.Zip(factors, (output, factor) => (output * factor).sum()).Aggregate((sum, next) => sum + next);
        }
    }

    public static void CheckBoth(Func<Draw, OperatorCase> draw, int count = 25)
    {
        Draw.Cases(source => CheckValues(draw(source)), count);
        Draw.Cases(source => CheckGradients(draw(source), source), Math.Max(4, count / 4));
    }

    /// <summary>The same type, sizes and elements; floats within <see cref="Tolerance"/> of the largest.</summary>
    public static void CheckEqual(TensorData expected, TensorData actual, string what)
    {
        Assert.True(expected.Type.Equals(actual.Type), $"{what}: expected {expected.Type}, got {actual.Type}");
        if (expected.Element != ElementType.Float32)
        {
            Assert.True(expected.Bytes.SequenceEqual(actual.Bytes), $"{what}: the elements differ");
            return;
        }

        var wanted = expected.As<float>();
        var got = actual.As<float>();
        var largest = 1e-3f;
        foreach (var value in wanted)
        {
            largest = float.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            var equal = wanted[i] == got[i] || (float.IsNaN(wanted[i]) && float.IsNaN(got[i])) || Math.Abs(wanted[i] - got[i]) <= Tolerance * largest;
            Assert.True(equal, $"{what}: element {i} is {got[i]}, expected {wanted[i]}");
        }
    }

    public static TensorData[] Execute(OperatorCase given)
    {
        var model = given.ToModel();
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var activations = new GraphModule(model).Run(weights, given.Inputs.ToDictionary(pair => pair.Key, pair => pair.Value.ToTensor()));
        return [.. model.Graph.Outputs.Select(output => activations[output.Name].ToData())];
    }
}
