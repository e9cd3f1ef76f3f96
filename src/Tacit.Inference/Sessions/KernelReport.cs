using System.Collections.Immutable;
using Tacit.Graphs.Onnx;

namespace Tacit.Inference.Sessions;

/// <summary>The operators that ONNX Runtime really runs for a network, after its rewriting.</summary>
/// <remarks>
/// The way to see whether QuantizeLinear and DequantizeLinear pairs became integer kernels: where a pair is not of the form
/// that ONNX Runtime looks for, the convolution between stays in floating point, and nothing says so.
/// </remarks>
/// <param name="Operators">The operators, in order.</param>
/// <param name="Bounds">The integer convolutions and products, with the largest sum of two products of each.</param>
public sealed record KernelReport(ImmutableArray<OnnxOperator> Operators, ImmutableArray<SaturationBound> Bounds)
{
    private static readonly ImmutableHashSet<string> FloatConvolutionNames = ["Conv", "FusedConv", "NhwcFusedConv", "ConvTranspose"];

    private static readonly ImmutableHashSet<string> IntegerConvolutionNames = ["QLinearConv", "ConvInteger", "QLinearConvTranspose"];

    private static readonly ImmutableHashSet<string> FloatProductNames = ["MatMul", "Gemm", "FusedMatMul", "FusedGemm", "TransposeMatMul"];

    private static readonly ImmutableHashSet<string> IntegerProductNames =
    [
        "QLinearMatMul",
        "QGemm",
        "MatMulInteger",
        "MatMulIntegerToFloat",
        "DynamicQuantizeMatMul",
        "MatMulNBits",
    ];

    /// <summary>Convolutions with integer kernels.</summary>
    public int IntegerConvolutions => CountOf(IntegerConvolutionNames);

    /// <summary>Convolutions in floating point.</summary>
    public int FloatConvolutions => CountOf(FloatConvolutionNames);

    /// <summary>Matrix products (fully connected layers) with integer kernels.</summary>
    public int IntegerProducts => CountOf(IntegerProductNames);

    /// <summary>Matrix products (fully connected layers) in floating point.</summary>
    public int FloatProducts => CountOf(FloatProductNames);

    /// <summary>Whether there are convolutions, and every one has an integer kernel.</summary>
    public bool AllConvolutionsInteger => IntegerConvolutions > 0 && FloatConvolutions == 0;

    /// <summary>The nodes of convolutions and matrix products in floating point, in order.</summary>
    public IEnumerable<OnnxOperator> FloatNodes =>
        Operators.Where(node => FloatConvolutionNames.Contains(node.Operator) || FloatProductNames.Contains(node.Operator));

    /// <summary>The integer layers that may compute something else on x86 processors without VNNI.</summary>
    public IEnumerable<SaturationBound> Saturating => Bounds.Where(bound => bound.CanSaturate);

    /// <summary>The largest sum of two products in any integer layer; 0 where there is none.</summary>
    public long LargestPair => Bounds.Select(bound => bound.LargestPair).DefaultIfEmpty(0).Max();

    /// <summary>How often each operator occurs, most frequent first; those of other domains than ONNX's carry it, as in "com.microsoft.QLinearAdd".</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Counts =>
        [
            .. Operators
                .CountBy(node => node.FullName)
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key, StringComparer.Ordinal),
        ];

    /// <summary>Loads a file as a session does and reads what it becomes.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="level">How far it is rewritten; at <see cref="OptimizationLevel.All"/> as in a session by default.</param>
    /// <exception cref="Tacit.Graphs.InvalidFileException">The file is not there, or is no network that ONNX Runtime can run.</exception>
    public static KernelReport Of(string path, OptimizationLevel level = OptimizationLevel.All) =>
        Of(options => OnnxSession.Open(path, options), level);

    /// <summary>Loads the bytes of a file as a session does and reads what it becomes.</summary>
    /// <inheritdoc cref="Of(string, OptimizationLevel)"/>
    public static KernelReport Of(ReadOnlyMemory<byte> model, OptimizationLevel level = OptimizationLevel.All) =>
        Of(options => OnnxSession.Open(model, options), level);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Counts.Select(pair => $"{pair.Value} {pair.Key}"));

    private static KernelReport Of(Func<OnnxSessionOptions, OnnxSession> open, OptimizationLevel level)
    {
        var folder = Directory.CreateTempSubdirectory("tacit-kernels-");
        try
        {
            var optimized = Path.Combine(folder.FullName, "optimized.onnx");
            open(
                    new OnnxSessionOptions
                    {
                        Threads = 1,
                        Optimization = level,
                        OptimizedModelPath = optimized,
                    }
                )
                .Dispose();
            var (operators, bounds) = OnnxFile.ListKernels(optimized);
            return new KernelReport(operators, bounds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private int CountOf(ImmutableHashSet<string> names) => Operators.Count(node => names.Contains(node.Operator));
}
