namespace Tacit.Cli.Rendering;

/// <summary>A named number that is watched during long work, such as a loss.</summary>
internal readonly record struct Measure(string Name, double Value);

/// <summary>How far long work has come.</summary>
/// <param name="Stage">What is being done, such as "synthesis".</param>
/// <param name="Done">Steps done in this stage.</param>
/// <param name="Total">Steps of this stage; 0 where it is not known.</param>
/// <param name="Measures">The latest losses.</param>
internal sealed record StageProgress(string Stage, long Done, long Total, IReadOnlyList<Measure> Measures)
{
    /// <summary>The measures as text, such as "batch norm 0.123, hard samples 0.045".</summary>
    public string MeasuresText => string.Join(", ", Measures.Select(measure => $"{measure.Name} {Format.Number(measure.Value)}"));
}
