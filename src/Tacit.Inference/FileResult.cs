using System.Runtime.ExceptionServices;
using Tacit.Graphs;

namespace Tacit.Inference;

/// <summary>
/// The result of processing one of many files, or the error that prevented it. An unreadable file does not stop the processing
/// of the others.
/// </summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <example><code>
/// await foreach (var file in encoder.EncodeAsync(Directory.EnumerateFiles("videos")))
/// {
///     if (file.Error is null)
///     {
///         Add(file.Path, file.Value);
///     }
/// }
/// </code></example>
public sealed class FileResult<T>
{
    private readonly T? _value;

    /// <summary>Creates a result.</summary>
    /// <param name="path">The file, as it was given.</param>
    /// <param name="value">The result.</param>
    internal FileResult(string path, T value) => (Path, _value) = (path, value);

    /// <summary>Creates a failure.</summary>
    /// <param name="path">The file, as it was given.</param>
    /// <param name="error">The reason.</param>
    internal FileResult(string path, ContentException error) => (Path, Error) = (path, error);

    /// <summary>The file, as it was given.</summary>
    public string Path { get; }

    /// <summary>The reason why the file could not be read; null on success.</summary>
    public ContentException? Error { get; }

    /// <summary>The result.</summary>
    /// <exception cref="ContentException">The file could not be read. The exception is <see cref="Error"/>.</exception>
    public T Value
    {
        get
        {
            if (Error is not null)
            {
                ExceptionDispatchInfo.Throw(Error);
            }

            return _value!;
        }
    }
}
