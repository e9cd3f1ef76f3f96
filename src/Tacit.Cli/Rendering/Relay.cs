namespace Tacit.Cli.Rendering;

/// <summary>Hands progress on at once, on the thread that reports it, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
