namespace Tacit.Learning.Protocols;

/// <summary>Which videos are learnt from and which are tested.</summary>
public enum EvaluationDivision
{
    /// <summary>The given one where videos of the set are in "train" and others in "test", else cross-validation.</summary>
    Automatic,

    /// <summary>Learns from the videos in "train", tests those in "test"; others take no part.</summary>
    Given,

    /// <summary>Repeated cross-validation over all videos, no source in both parts (<see cref="StratifiedGroupKFold"/>).</summary>
    CrossValidation,
}

/// <summary>How features are judged.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Which videos are learnt from and which are tested. Default automatic.</summary>
    public EvaluationDivision Division
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>Folds of the cross-validation, at least 2. Default 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Folds
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 5;

    /// <summary>How often videos are divided into folds anew, at least 1. Default 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Repeats
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 10;

    /// <summary>The seed of the folds. Default 0: encoders judged with the same seed are judged on the same folds.</summary>
    public ulong Seed { get; init; }

    /// <summary>How intervals are made.</summary>
    public ClusterBootstrapOptions Bootstrap
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Bootstrap));
    } = new();

    /// <summary>Folds that are worked on at once, at least 1; results do not depend on it. Default: the number of processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;
}

/// <summary>How far an evaluation is.</summary>
/// <param name="Done">Parts done.</param>
/// <param name="Total">All parts: 1, or folds times repeats.</param>
public sealed record PartProgress(int Done, int Total);
