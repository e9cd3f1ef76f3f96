using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Learning;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Conformance;

/// <summary>Compares the execution of one operator with ONNX Runtime and with finite differences.</summary>
public static class CaseComparison
{
    /// <summary>The tolerance for values, relative to the largest value.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>The tolerance for gradients, relative to the gradient if it exceeds 1, otherwise absolute.</summary>
    public const double GradientTolerance = 1e-5;

    /// <summary>
    /// Compares the values with those of ONNX Runtime. Also verifies that the inferred types are those of the runtime, that the file can be
    /// read again, and that the values are the same with inputs instead of constants.
    /// </summary>
    /// <exception cref="InvalidOperationException">Types or whole numbers differ.</exception>
    public static Deviation Values(OperatorCase given)
    {
        var actual = Execute(given);
        var model = given.ToModel([.. actual.Select(tensor => tensor.Type)]);
        var onnx = OnnxWriter.ToBytes(model, new OnnxWriterOptions { Opset = given.Opset });
        if (OnnxReader.Read(onnx).Graph.Nodes is not [var read] || read.Operator != given.Operator)
        {
            throw new InvalidOperationException($"{given}: the file is read as another network");
        }

        var inferred = ShapeInference.Infer(model);
        var worst = Deviation.None;
        var expected = RuntimeReference.Run(onnx, given.Inputs);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!Fits(inferred[model.Graph.Outputs[i].Name], expected[i].Type))
            {
                throw new InvalidOperationException(
                    $"{given}, output {i}: {inferred[model.Graph.Outputs[i].Name]} is inferred, it is {expected[i].Type}"
                );
            }

            worst = worst.Or(Tensors(expected[i], actual[i], $"{given}, output {i}"));
        }

        return given.Operands.Any(operand => operand.IsConstant)
            ? Execute(given.Fed())
                .Zip(actual, (fed, known) => Tensors(known, fed, $"{given}, fed"))
                .Aggregate(worst, (one, other) => one.Or(other))
            : worst;
    }

    /// <summary>Returns whether an inferred type is that of a value. A symbol stands for a size that depends on elements.</summary>
    public static bool Fits(TensorType inferred, TensorType actual) =>
        inferred.Element == actual.Element
        && inferred.Shape.Rank == actual.Shape.Rank
        && inferred.Shape.Zip(actual.Shape).All(sizes => !sizes.First.IsKnown || sizes.First == sizes.Second);

    /// <summary>
    /// Compares the gradients of a weighted sum of the outputs with central differences, for every floating-point operand.
    /// </summary>
    public static Deviation Gradients(OperatorCase given, Draw draw)
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
        var worst = Deviation.None;
        foreach (var (name, tensor) in sought)
        {
            var gradient = tensor.grad!.reshape(-1);
            for (var trial = 0; trial < 8; trial++)
            {
                var index = draw.Int(0, (int)tensor.numel() - 1);
                var (expected, actual) = (Difference(tensor, index), gradient[index].ToDouble());
                worst = worst.Or(
                    new Deviation(
                        Math.Abs(expected - actual),
                        Math.Abs(expected - actual) / Math.Max(1, Math.Abs(expected)),
                        $"{given}: the gradient to {name}[{index}] is {actual}, by differences {expected}"
                    )
                );
            }
        }

        return worst;

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

    /// <summary>Returns the difference between the elements of two tensors of the same type.</summary>
    /// <exception cref="InvalidOperationException">Types or whole numbers differ.</exception>
    public static Deviation Tensors(TensorData expected, TensorData actual, string what)
    {
        if (!expected.Type.Equals(actual.Type))
        {
            throw new InvalidOperationException($"{what}: expected {expected.Type}, got {actual.Type}");
        }

        if (expected.Element != ElementType.Float32)
        {
            return expected.Bytes.SequenceEqual(actual.Bytes)
                ? Deviation.None
                : throw new InvalidOperationException($"{what}: the elements differ");
        }

        var wanted = expected.As<float>();
        var got = actual.As<float>();
        var (largest, apart, at) = (1e-3, 0d, -1);
        for (var i = 0; i < wanted.Length; i++)
        {
            largest = float.IsFinite(wanted[i]) ? Math.Max(largest, Math.Abs(wanted[i])) : largest;
            var difference = wanted[i].Equals(got[i]) ? 0 : Math.Abs((double)wanted[i] - got[i]);
            (apart, at) = difference <= apart ? (apart, at) : (double.IsNaN(difference) ? double.PositiveInfinity : difference, i);
        }

        return at < 0 ? Deviation.None : new Deviation(apart, apart / largest, $"{what}: element {at} is {got[at]}, expected {wanted[at]}");
    }

    /// <summary>The outputs of a case.</summary>
    public static TensorData[] Execute(OperatorCase given)
    {
        var model = given.ToModel();
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var activations = new GraphModule(model).Run(
            weights,
            given.Inputs.ToDictionary(pair => pair.Key, pair => pair.Value.ToTensor())
        );
        return [.. model.Graph.Outputs.Select(output => activations[output.Name].ToData())];
    }
}

/// <summary>An absolute and a relative difference between two results, and the position where it was found.</summary>
public sealed record Deviation(double Absolute, double Relative, string Where)
{
    /// <summary>No difference.</summary>
    public static Deviation None { get; } = new(0, 0, "nowhere");

    /// <summary>Returns the larger of two differences, separately for the relative and the absolute one.</summary>
    public Deviation Or(Deviation other) =>
        (other.Relative > Relative ? other : this) with
        {
            Absolute = Math.Max(Absolute, other.Absolute),
        };
}
