using System.Runtime.ExceptionServices;
using Tacit.Graphs;

namespace Tacit.Inference;

/// <summary>What was made of one of many files, or why that was not possible: a file that cannot be read does not stop the others.</summary>
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

    internal FileResult(string path, T value) => (Path, _value) = (path, value);

    internal FileResult(string path, ContentException error) => (Path, Error) = (path, error);

    /// <summary>The file, as it was given.</summary>
    public string Path { get; }

    /// <summary>Why the file could not be read; null where it was.</summary>
    public ContentException? Error { get; }

    /// <summary>What was made of it.</summary>
    /// <exception cref="ContentException">The file could not be read: <see cref="Error"/>.</exception>
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
