namespace Tacit.Cli.Output;

/// <summary>
/// Reports progress synchronously on the calling thread, unlike <see cref="Progress{T}"/>, which posts to a synchronisation
/// context.
/// </summary>
/// <typeparam name="T">The type of the progress value.</typeparam>
/// <param name="report">Receives the progress values.</param>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
