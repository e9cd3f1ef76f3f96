namespace Tacit.Conformance.Backend;

/// <summary>Describes the results of the backend tests.</summary>
public static class BackendReport
{
    /// <summary>Returns a line for every group and opset with the number of cases by verdict.</summary>
    public static IEnumerable<(string Group, long? Lifted, int Passed, int Refused, int Wrong, int OutOfScope)> Counts(
        IEnumerable<BackendResult> results
    ) =>
        from result in results
        group result by (result.Group, result.Lifted) into part
        orderby part.Key.Lifted ?? 0, part.Key.Group
        select (
            part.Key.Group,
            part.Key.Lifted,
            part.Count(result => result.Verdict == BackendVerdict.Passed),
            part.Count(result => result.Verdict == BackendVerdict.Refused),
            part.Count(result => result.Verdict == BackendVerdict.Wrong),
            part.Count(result => result.Verdict == BackendVerdict.OutOfScope)
        );

    /// <summary>Returns the cases that are refused, each with its reason. Cases of one reason follow each other.</summary>
    public static IEnumerable<(string Reason, IReadOnlyList<BackendResult> Cases)> Refusals(IEnumerable<BackendResult> results) =>
        from result in results
        where result.Verdict == BackendVerdict.Refused
        group result by result.Reason into part
        orderby part.Key
        select (part.Key, (IReadOnlyList<BackendResult>)[.. part]);
}
