namespace TrainClassifier;

/// <summary>What is trained, and how. All of it is kept in run.json.</summary>
internal sealed record TrainingOptions
{
    public int Depth { get; init; } = 8;

    public int Width { get; init; } = 16;

    public int Epochs { get; init; } = 10;

    public int BatchSize { get; init; } = 128;

    public double LearningRate { get; init; } = 0.1;

    public double WeightDecay { get; init; } = 5e-4;

    public ulong Seed { get; init; } = 1;

    /// <summary>Every n-th image is held out: it is never trained on, and tells how training goes.</summary>
    public int HoldOutEvery { get; init; } = 10;
}
