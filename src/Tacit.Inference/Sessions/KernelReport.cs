using System.Collections.Immutable;
using Tacit.Graphs.Onnx;

namespace Tacit.Inference.Sessions;

/// <summary>Lists the operators that ONNX Runtime executes for a network after its graph optimisations.</summary>
/// <remarks>
/// The report shows whether pairs of QuantizeLinear and DequantizeLinear became integer kernels. If a pair does not have the
/// form that ONNX Runtime recognises, the layer between stays in floating point without a warning.
/// </remarks>
/// <param name="Operators">The operators in execution order.</param>
/// <param name="Bounds">The integer convolutions and matrix products, with the largest possible sum of two products of each.</param>
/// <example><code>
/// var report = KernelReport.Of("quantized.onnx");
/// Console.WriteLine($"{report.IntegerConvolutions} integer, {report.FloatConvolutions} floating-point convolutions");
/// </code></example>
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

    /// <summary>The number of convolutions with integer kernels.</summary>
    public int IntegerConvolutions => CountOf(IntegerConvolutionNames);

    /// <summary>The number of convolutions in floating point.</summary>
    public int FloatConvolutions => CountOf(FloatConvolutionNames);

    /// <summary>The number of matrix products, such as fully connected layers, with integer kernels.</summary>
    public int IntegerProducts => CountOf(IntegerProductNames);

    /// <summary>The number of matrix products, such as fully connected layers, in floating point.</summary>
    public int FloatProducts => CountOf(FloatProductNames);

    /// <summary>Whether the network has convolutions and all of them have integer kernels.</summary>
    public bool AllConvolutionsInteger => IntegerConvolutions > 0 && FloatConvolutions == 0;

    /// <summary>The convolutions and matrix products in floating point, in execution order.</summary>
    public IEnumerable<OnnxOperator> FloatNodes =>
        Operators.Where(node => FloatConvolutionNames.Contains(node.Operator) || FloatProductNames.Contains(node.Operator));

    /// <summary>The integer layers whose results may differ on x86 processors without VNNI, because a 16-bit sum may saturate.</summary>
    public IEnumerable<SaturationBound> Saturating => Bounds.Where(bound => bound.CanSaturate);

    /// <summary>The largest possible sum of two products in any integer layer; 0 if there is none.</summary>
    public long LargestPair => Bounds.Select(bound => bound.LargestPair).DefaultIfEmpty(0).Max();

    /// <summary>
    /// The number of occurrences of each operator, most frequent first. Operators outside the ONNX domain include their domain,
    /// as in "com.microsoft.QLinearAdd".
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, int>> Counts =>
        [
            .. Operators
                .CountBy(node => node.FullName)
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key, StringComparer.Ordinal),
        ];

    /// <summary>
    /// Loads a file like a session does and reads the optimised graph. The graph is written to a temporary folder, which is
    /// deleted afterwards.
    /// </summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="level">The level of optimisation. Default <see cref="OptimizationLevel.All"/>, as in a session.</param>
    /// <exception cref="Tacit.Graphs.InvalidFileException">The file does not exist, or ONNX Runtime cannot run it.</exception>
    public static KernelReport Of(string path, OptimizationLevel level = OptimizationLevel.All) =>
        Of(options => OnnxSession.Open(path, options), level);

    /// <summary>Loads the bytes of a file like a session does and reads the optimised graph.</summary>
    /// <inheritdoc cref="Of(string, OptimizationLevel)"/>
    public static KernelReport Of(ReadOnlyMemory<byte> model, OptimizationLevel level = OptimizationLevel.All) =>
        Of(options => OnnxSession.Open(model, options), level);

    /// <summary>Returns the counts, such as "20 QLinearConv, 8 QLinearAdd".</summary>
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
