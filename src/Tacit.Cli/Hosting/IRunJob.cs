using Tacit.Cli.Output;

namespace Tacit.Cli.Hosting;

/// <summary>The work of a run that was begun or opened.</summary>
internal interface IRunJob : IDisposable
{
    /// <summary>Does the work, or the rest of it.</summary>
    /// <param name="progress">Shows the progress.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The report.</returns>
    /// <exception cref="StoppedException">It was cancelled; the state is kept.</exception>
    Task<Report> RunAsync(IProgress<StageProgress> progress, CancellationToken cancellation);
}
