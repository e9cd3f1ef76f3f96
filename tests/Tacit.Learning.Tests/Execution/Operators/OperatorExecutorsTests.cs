using Tacit.Graphs.Operators;
using Tacit.Learning.Execution.Operators;

namespace Tacit.Learning.Tests.Execution.Operators;

public sealed class OperatorExecutorsTests
{
    [Fact]
    public void EveryOperatorWithASchemaCanBeExecuted() =>
        Assert.Empty(OperatorSchemas.All.Select(schema => schema.Name).Except(OperatorExecutors.Names));

    [Fact]
    public void EveryOperatorThatCanBeExecutedHasASchema() =>
        Assert.Empty(OperatorExecutors.Names.Except(OperatorSchemas.All.Select(schema => schema.Name)));

    // ONNX Runtime has no FakeQuantize: Quantizer is its reference.
    [Fact]
    public void EveryOperatorOfOnnxHasGeneratedCases() =>
        Assert.Equal(["FakeQuantize"], OperatorExecutors.Names.Except(CaseFamily.All.Select(family => family.Operator)));
}
