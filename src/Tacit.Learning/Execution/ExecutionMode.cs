namespace Tacit.Learning.Execution;

/// <summary>How a graph is run. An argument of each call, never a state.</summary>
public enum ExecutionMode
{
    /// <summary>As deployed: batch norms use their running statistics, dropout passes everything.</summary>
    Evaluate = 0,

    /// <summary>As trained: batch norms use the batch and update their running statistics in place, dropout drops, by TorchSharp's global generator.</summary>
    Train = 1,
}
