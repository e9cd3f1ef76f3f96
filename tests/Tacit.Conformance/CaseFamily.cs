using Tacit.Conformance.Operators;

namespace Tacit.Conformance;

/// <summary>Generated cases of one form of an operator, drawn from the seeds 0 to <see cref="Count"/> - 1.</summary>
public sealed record CaseFamily(string Name, Func<Draw, OperatorCase> Case)
{
    /// <summary>All families. Their names are unique.</summary>
    public static IReadOnlyList<CaseFamily> All { get; } =
    [
        .. ArithmeticCases.All,
        .. ClippingCases.All,
        .. ConstantsCases.All,
        .. ConvolutionCases.All,
        .. IndexingCases.All,
        .. JoiningCases.All,
        .. LinearQuantizationCases.All,
        .. MatrixProductsCases.All,
        .. NonlinearitiesCases.All,
        .. NormalizationCases.All,
        .. PaddingCases.All,
        .. PoolingCases.All,
        .. ReductionsCases.All,
        .. RepeatingCases.All,
        .. ResizingCases.All,
        .. SelectingCases.All,
        .. ShapingCases.All,
        .. SlicingCases.All,
    ];

    /// <summary>The number of cases whose values are compared.</summary>
    public int Count { get; init; } = 25;

    /// <summary>Whether the operator has a gradient in this form.</summary>
    public bool HasGradient { get; init; } = true;

    /// <summary>The operator.</summary>
    public string Operator => Case(new Draw(0)).Operator;

    /// <summary>The number of cases whose gradients are compared.</summary>
    public int GradientCount => HasGradient ? Math.Max(4, Count / 4) : 0;

    /// <summary>The largest difference to ONNX Runtime.</summary>
    public Deviation CompareValues() => Worst(Count, draw => CaseComparison.Values(Case(draw)));

    /// <summary>The largest difference of a gradient to finite differences.</summary>
    public Deviation CompareGradients() => Worst(GradientCount, draw => CaseComparison.Gradients(Case(draw), draw));

    private static Deviation Worst(int count, Func<Draw, Deviation> compare) =>
        Enumerable.Range(0, count).Select(seed => compare(new Draw(seed))).Aggregate(Deviation.None, (one, other) => one.Or(other));
}
