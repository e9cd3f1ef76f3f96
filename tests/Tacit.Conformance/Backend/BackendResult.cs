using Google.Protobuf;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Learning;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Conformance.Backend;

/// <summary>The outcome of a backend test.</summary>
public enum BackendVerdict
{
    /// <summary>The outputs are those that belong to the inputs.</summary>
    Passed,

    /// <summary>The file is refused with a reason.</summary>
    Refused,

    /// <summary>Tacit computes other outputs, or fails without a reason.</summary>
    Wrong,

    /// <summary>The case does not concern convolutional networks in inference.</summary>
    OutOfScope,
}

/// <summary>The result of one backend test of the ONNX project.</summary>
/// <param name="Group">The folder of the case.</param>
/// <param name="Name">The name of the case.</param>
/// <param name="Lifted">The opset that was put in the place of the file's; null for the file as it is.</param>
/// <param name="Verdict">The outcome.</param>
/// <param name="Reason">Why the case did not pass, in one line; empty if it passed.</param>
public sealed record BackendResult(string Group, string Name, long? Lifted, BackendVerdict Verdict, string Reason)
{
    // The runner of the ONNX project allows a relative difference of 1e-3.
    private const double Tolerance = 1e-3;

    private static readonly long[] Opsets = [9, 13];

    /// <summary>Whether the package with the cases is installed.</summary>
    public static bool AreAvailable => BackendCase.AreInstalled;

    /// <summary>The name of the case, with the opset to which it was lifted.</summary>
    public string Title => Lifted is { } opset ? $"{Name} in opset {opset}" : Name;

    /// <summary>Runs every case as it is, and in opsets 9 and 13 if ONNX Runtime runs the same nodes in these.</summary>
    /// <remarks>
    /// A file as it is has to give its stored outputs, or those of ONNX Runtime where it disagrees with them. A lifted file is the same file with another opset. It has to give the outputs of
    /// ONNX Runtime. If ONNX Runtime does not accept it, the nodes have no such form, and there is no case.
    /// </remarks>
    public static IEnumerable<BackendResult> RunAll() => BackendCase.All().SelectMany(Run);

    private static IEnumerable<BackendResult> Run(BackendCase given)
    {
        if (given.Outside is { } rule)
        {
            yield return new BackendResult(given.Group, given.Name, null, BackendVerdict.OutOfScope, rule);
            yield break;
        }

        yield return Compare(given, null, given.Model.ToByteArray(), given.Outputs);
        foreach (var opset in Opsets.Where(opset => opset != given.Opset))
        {
            var lifted = given.InOpset(opset);
            if (Runtime(lifted, given.Inputs) is { } expected)
            {
                yield return Compare(given, opset, lifted, expected);
            }
        }
    }

    private static TensorData[]? Runtime(byte[] onnx, IReadOnlyDictionary<string, TensorData> inputs)
    {
        try
        {
            return RuntimeReference.Run(onnx, inputs);
        }
        catch (Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            return null;
        }
    }

    private static BackendResult Compare(BackendCase given, long? opset, byte[] onnx, IReadOnlyList<TensorData> expected)
    {
        var (verdict, reason) = Judge(onnx, given.Inputs, expected);
        return new BackendResult(given.Group, given.Name, opset, verdict, reason);
    }

    private static (BackendVerdict Verdict, string Reason) Judge(
        byte[] onnx,
        IReadOnlyDictionary<string, TensorData> inputs,
        IReadOnlyList<TensorData> expected
    )
    {
        try
        {
            var model = OnnxReader.Read(onnx);
            var actual = Execute(model, inputs);
            var worst = expected
                .Zip(actual, (wanted, got) => CaseComparison.Tensors(wanted, got, "the output"))
                .Aggregate(Deviation.None, (one, other) => one.Or(other));
            return actual.Length != expected.Count ? (BackendVerdict.Wrong, $"{actual.Length} outputs instead of {expected.Count}")
                : worst.Relative > Tolerance && !IsRuntimes(onnx, inputs, actual) ? (BackendVerdict.Wrong, worst.Where)
                : Misfit(model, inputs, expected) is { } misfit ? (BackendVerdict.Wrong, misfit)
                : (BackendVerdict.Passed, "");
        }
        catch (ContentException refusal)
        {
            // What follows the reason, such as a list of all operators, changes often.
            return (BackendVerdict.Refused, refusal.Message.Split(';')[0]);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return (BackendVerdict.Wrong, $"{exception.GetType().Name}: {exception.Message.Split('\n')[0]}");
        }
    }

    /// <summary>Returns whether outputs that are not the stored ones are those of ONNX Runtime, which has the last word.</summary>
    private static bool IsRuntimes(byte[] onnx, IReadOnlyDictionary<string, TensorData> inputs, TensorData[] actual) =>
        Runtime(onnx, inputs) is { } runtimes
        && runtimes.Zip(actual).All(pair => CaseComparison.Tensors(pair.First, pair.Second, "the output").Relative <= Tolerance);

    private static TensorData[] Execute(Model model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var activations = new GraphModule(model).Run(
            weights,
            model.Graph.Inputs.ToDictionary(input => input.Name, input => inputs[input.Name].ToTensor(), StringComparer.Ordinal)
        );
        return [.. model.Graph.Outputs.Select(output => activations[output.Name].ToData(output.Type.Element))];
    }

    /// <summary>Returns how the inferred types contradict the outputs; null if they do not, or if sizes depend on elements.</summary>
    private static string? Misfit(Model model, IReadOnlyDictionary<string, TensorData> inputs, IReadOnlyList<TensorData> expected)
    {
        try
        {
            var types = ShapeInference.Infer(
                model,
                model.Graph.Inputs.ToDictionary(input => input.Name, input => inputs[input.Name].Shape)
            );
            return model
                .Graph.Outputs.Zip(expected, (output, tensor) => (Inferred: types[output.Name], tensor.Type))
                .Where(pair => !CaseComparison.Fits(pair.Inferred, pair.Type))
                .Select(pair => $"{pair.Inferred} is inferred, the output is {pair.Type}")
                .FirstOrDefault();
        }
        catch (UnsuitableModelException)
        {
            return null;
        }
    }
}
