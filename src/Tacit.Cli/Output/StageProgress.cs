namespace Tacit.Cli.Output;

/// <summary>A named value that is shown during a long operation, such as a loss.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The latest value.</param>
/// <param name="IsCount">Whether the value is a number of things, which has no decimals. Default false.</param>
internal readonly record struct Measure(string Name, double Value, bool IsCount = false)
{
    /// <summary>Returns the name and the value, such as "batch norm 0.123".</summary>
    public override string ToString() => $"{Name} {(IsCount ? Format.Count((long)Value) : Format.Number(Value))}";
}

/// <summary>The progress of a long operation.</summary>
/// <param name="Stage">The current stage, such as "synthesis".</param>
/// <param name="Done">The number of completed steps of the stage.</param>
/// <param name="Total">The number of steps of the stage; 0 if it is unknown.</param>
/// <param name="Measures">The latest values to show, such as losses.</param>
internal sealed record StageProgress(string Stage, long Done, long Total, IReadOnlyList<Measure> Measures)
{
    /// <summary>The measures as text, such as "batch norm 0.123, hard samples 0.045"; empty if there are none.</summary>
    public string MeasuresText => string.Join(", ", Measures);
}
