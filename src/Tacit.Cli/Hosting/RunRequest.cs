namespace Tacit.Cli.Hosting;

/// <summary>All that a run was asked to do, as it is kept in its folder: options are resolved, so that a later version's presets do not change it.</summary>
internal abstract record RunRequest
{
    /// <summary>Where to compute, as "cpu" or "cuda:0".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The seed of all randomness.</summary>
    public abstract ulong Seed();
}
