using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

public sealed class OperatorSchemasTests
{
    [Theory]
    [InlineData("Conv")]
    [InlineData("FakeQuantize")]
    [InlineData("DequantizeLinear")]
    public void Operators_are_found_by_name(string name) => Assert.Equal(name, OperatorSchemas.Find(name)?.Name);

    [Fact]
    public void An_unknown_operator_is_not_found() => Assert.Null(OperatorSchemas.Find("Loop"));

    [Fact]
    public void Arities_are_consistent() =>
        Assert.All(
            OperatorSchemas.All,
            schema =>
            {
                Assert.InRange(schema.MinimumInputs, 1, schema.MaximumInputs);
                Assert.All(schema.StructuralInputs, input => Assert.InRange(input, 0, schema.MaximumInputs - 1));
            }
        );

    [Fact]
    public void Inference_names_an_unknown_operator_its_node_and_what_is_supported()
    {
        var exception = Assert.Throws<UnsupportedOperatorException>(() => SingleNode.Infer("Loop", Shape.Of(1)));

        Assert.Equal(("Loop", "y"), (exception.Operator, exception.Node));
        Assert.StartsWith(
            "the operator Loop (node y) is not supported; supported are Abs, Acos, Acosh, Add, And,",
            exception.Message,
            StringComparison.Ordinal
        );
    }
}
