namespace Tacit.Inference.Sessions;

/// <summary>How far ONNX Runtime rewrites a network before it runs it.</summary>
public enum OptimizationLevel
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Rewrites that hold on every device, such as constant folding.</summary>
    Basic,

    /// <summary>Fusions into the processor's kernels too; integer kernels are made here.</summary>
    Extended,

    /// <summary>Changes of memory layout too: ONNX Runtime's own default.</summary>
    All,
}

/// <summary>How a network is loaded and run.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>Threads within an operator. Default 0: one per physical core.</summary>
    public int Threads
    {
        get;
        init => field = Require.AtLeast(0, value);
    }

    /// <summary>How far the network is rewritten. Default <see cref="OptimizationLevel.All"/>.</summary>
    public OptimizationLevel Optimization
    {
        get;
        init => field = Require.Defined(value);
    } = OptimizationLevel.All;

    /// <summary>Where to save the network as it is after the rewriting; null, the default, to not save it.</summary>
    public string? OptimizedModelPath { get; init; }

    /// <summary>Where external data lie of a network that is loaded from bytes; null, the default, for none. A file's lie beside it.</summary>
    public string? ExternalDataFolder { get; init; }

    /// <summary>
    /// Whether threads sleep as soon as a run ends, instead of spinning for the next one, which takes time from other
    /// sessions in the process. Default false, as in ONNX Runtime.
    /// </summary>
    public bool SleepBetweenRuns { get; init; }
}
