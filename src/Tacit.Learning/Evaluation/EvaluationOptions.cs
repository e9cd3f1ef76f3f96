namespace Tacit.Learning.Evaluation;

/// <summary>How videos are divided into training and test.</summary>
public enum EvaluationDivision
{
    /// <summary>The division of the set if it has videos in "train" and in "test", otherwise cross-validation.</summary>
    Automatic,

    /// <summary>
    /// The division of the set: videos in "train" are used for training and those in "test" for testing. Other videos are
    /// ignored.
    /// </summary>
    Given,

    /// <summary>
    /// Repeated cross-validation over all videos. Videos of one source are always in the same fold (<see
    /// cref="StratifiedGroupKFold"/>).
    /// </summary>
    CrossValidation,
}

/// <summary>Specifies how features are evaluated.</summary>
public sealed record EvaluationOptions
{
    /// <summary>How videos are divided into training and test. Default <see cref="EvaluationDivision.Automatic"/>.</summary>
    public EvaluationDivision Division
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>The number of folds of a cross-validation, at least 2. Default 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int Folds
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 5;

    /// <summary>The number of repeats of a cross-validation, each with a new division into folds; at least 1. Default 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Repeats
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 10;

    /// <summary>
    /// The seed of the division into folds. Default 0. Encoders evaluated with the same seed are evaluated on the same folds.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>How confidence intervals are computed. Default: 10,000 resamples.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ClusterBootstrapOptions Bootstrap
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Bootstrap));
    } = new();

    /// <summary>
    /// The number of folds that are evaluated at a time, at least 1. It does not affect the result. Default: the number of
    /// processors.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;
}

/// <summary>The progress of an evaluation.</summary>
/// <param name="Done">The number of parts done.</param>
/// <param name="Total">The number of all parts: 1 for a given division, otherwise folds times repeats.</param>
public sealed record PartProgress(int Done, int Total);
