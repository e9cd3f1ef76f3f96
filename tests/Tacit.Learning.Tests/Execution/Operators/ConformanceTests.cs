namespace Tacit.Learning.Tests.Execution.Operators;

/// <summary>Compares every operator with ONNX Runtime, and its gradient with finite differences.</summary>
[NoTensorLeaks]
public sealed class ConformanceTests
{
    public static TheoryData<string> Families => [.. CaseFamily.All.Select(family => family.Name)];

    public static TheoryData<string> DifferentiableFamilies =>
        [.. CaseFamily.All.Where(family => family.HasGradient).Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Values_are_the_runtimes(string name)
    {
        var worst = Find(name).CompareValues();

        Assert.True(worst.Relative <= CaseComparison.Tolerance, worst.Where);
    }

    [Theory]
    [MemberData(nameof(DifferentiableFamilies))]
    public void Gradients_are_those_of_differences(string name)
    {
        var worst = Find(name).CompareGradients();

        Assert.True(worst.Relative <= CaseComparison.GradientTolerance, worst.Where);
    }

    private static CaseFamily Find(string name) => CaseFamily.All.Single(family => family.Name == name);
}
