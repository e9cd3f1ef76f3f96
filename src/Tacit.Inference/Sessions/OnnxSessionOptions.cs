namespace Tacit.Inference.Sessions;

/// <summary>The graph optimisations that ONNX Runtime applies when it loads a network.</summary>
public enum OptimizationLevel
{
    /// <summary>No optimisations.</summary>
    None,

    /// <summary>Optimisations that are independent of the device, such as constant folding.</summary>
    Basic,

    /// <summary>Also fusions into kernels of the processor. Integer kernels are created at this level.</summary>
    Extended,

    /// <summary>Also changes of the memory layout. This is the default of ONNX Runtime.</summary>
    All,
}

/// <summary>Specifies how a network is loaded and run.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>The number of threads within an operator. Default 0: one for each physical core.</summary>
    public int Threads
    {
        get;
        init => field = Require.AtLeast(0, value);
    }

    /// <summary>The graph optimisations. Default <see cref="OptimizationLevel.All"/>.</summary>
    public OptimizationLevel Optimization
    {
        get;
        init => field = Require.Defined(value);
    } = OptimizationLevel.All;

    /// <summary>The file to which the optimised network is saved. Default null: it is not saved.</summary>
    public string? OptimizedModelPath { get; init; }

    /// <summary>
    /// The folder of the external data of a network that is loaded from bytes. Default null: it has none. The external data of
    /// a file are read from its own folder.
    /// </summary>
    public string? ExternalDataFolder { get; init; }

    /// <summary>
    /// Whether threads sleep as soon as a run ends. Default false, as in ONNX Runtime: they spin for a while, which makes the
    /// next run start faster but takes processor time from other sessions.
    /// </summary>
    public bool SleepBetweenRuns { get; init; }
}
