namespace Tacit.Cli.Hosting;

/// <summary>Base class of the requests of runs, as stored in their folders.</summary>
/// <remarks>
/// All options are resolved when a run begins. Presets that change in a later version therefore do not change a resumed run.
/// </remarks>
internal abstract record RunRequest
{
    /// <summary>The device, "cpu" or for example "cuda:0". Default "cpu".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Returns the seed of all randomness of the run.</summary>
    public abstract ulong Seed();
}
