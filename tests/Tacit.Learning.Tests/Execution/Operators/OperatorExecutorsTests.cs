using Tacit.Graphs.Operators;
using Tacit.Learning.Execution.Operators;

namespace Tacit.Learning.Tests.Execution.Operators;

public sealed class OperatorExecutorsTests
{
    [Fact]
    public void Every_operator_with_a_schema_can_be_executed() =>
        Assert.Empty(OperatorSchemas.All.Select(schema => schema.Name).Except(OperatorExecutors.Names));

    [Fact]
    public void Every_operator_that_can_be_executed_has_a_schema() =>
        Assert.Empty(OperatorExecutors.Names.Except(OperatorSchemas.All.Select(schema => schema.Name)));

    // ONNX Runtime has no FakeQuantize: Quantizer is its reference.
    [Fact]
    public void Every_operator_of_onnx_has_generated_cases() =>
        Assert.Equal(["FakeQuantize"], OperatorExecutors.Names.Except(CaseFamily.All.Select(family => family.Operator)));
}
