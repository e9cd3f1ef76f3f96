using Tacit.Conformance.Backend;

namespace Tacit.Learning.Tests.Execution;

/// <summary>Runs the backend tests of the ONNX project, which Debian's package libonnx-testdata contains.</summary>
[NoTensorLeaks]
public sealed class BackendTests
{
    private static readonly Lazy<IReadOnlyList<BackendResult>> Results = new(() => [.. BackendResult.RunAll()]);

    [Fact]
    public void No_case_gives_wrong_values() =>
        Assert.Empty(
            Run()
                .Where(result => result.Verdict == BackendVerdict.Wrong)
                .Select(result => $"{result.Group} {result.Title}: {result.Reason}")
        );

    [Fact]
    public void Cases_are_refused_only_for_known_reasons()
    {
        var counts = BackendReport
            .Counts(Run())
            .Select(row =>
                $"{row.Group}{(row.Lifted is { } opset ? $" in opset {opset}" : "")}: "
                + $"{row.Passed} pass, {row.Refused} are refused, {row.OutOfScope} are out of scope"
            );
        var refusals = BackendReport
            .Refusals(Run())
            .SelectMany(part => part.Cases.Select(result => $"    {result.Group} {result.Title}").Prepend(part.Reason));

        Expectation.Matches("backend-tests", string.Join('\n', [.. counts, "", .. refusals]));
    }

    private static IReadOnlyList<BackendResult> Run()
    {
        Assert.SkipUnless(BackendResult.AreAvailable, "the package libonnx-testdata is not installed");
        return Results.Value;
    }
}
