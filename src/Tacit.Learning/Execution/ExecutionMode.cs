namespace Tacit.Learning.Execution;

/// <summary>
/// Specifies how batch norms and dropout behave in a run. It is an argument of each run, so a module has no mode of its own.
/// </summary>
public enum ExecutionMode
{
    /// <summary>As deployed: batch norms use their running statistics, and dropout passes its input on.</summary>
    Evaluate = 0,

    /// <summary>
    /// As in training: batch norms use the statistics of the batch and update their running statistics in place. Dropout uses TorchSharp's
    /// global generator.
    /// </summary>
    Train = 1,
}
