namespace Tacit.Inference.Images;

/// <summary>
/// The images of a folder on disk. Links are followed, as in torchvision; a link to a folder that contains it is skipped.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="limits">The limits on its contents.</param>
internal sealed class FolderImages(string path, ImageSetLimits limits) : ImageStore(path, limits), IImageReader
{
    private readonly List<string> _files = [];
    private readonly List<string> _folders = [];
    private int _entries;
    private int _ignored;

    /// <inheritdoc/>
    public override ImageScan Scan(CancellationToken cancellationToken)
    {
        Scan(new DirectoryInfo(Path), "", [RealPath.Of(Path)], cancellationToken);
        return new ImageScan(_files, _folders, _ignored, MayHaveTop: false);
    }

    /// <summary>Returns this object; there is nothing to open or close.</summary>
    public override IImageReader OpenReader() => this;

    /// <inheritdoc/>
    public byte[] Read(string key)
    {
        using var stream = File.OpenRead(System.IO.Path.Combine(Path, key));
        return ReadAll(stream, stream.Length, Limits.MaxImageBytes, key);
    }

    /// <summary>Does nothing.</summary>
    public void Dispose() { }

    // `chain` contains the real paths of the folder and of its ancestors.
    private void Scan(DirectoryInfo folder, string prefix, HashSet<string> chain, CancellationToken cancellationToken)
    {
        foreach (var entry in Entries(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++_entries > Limits.MaxEntries)
            {
                throw TooManyEntries();
            }

            if (IsHidden(entry.Name))
            {
                _ignored += entry is FileInfo ? 1 : 0;
            }
            else if (entry is DirectoryInfo child)
            {
                Enter(child, prefix + entry.Name + "/", chain, cancellationToken);
            }
            else if (ImageDecoder.IsImageName(entry.Name))
            {
                _files.Add(prefix + entry.Name);
            }
            else
            {
                _ignored++;
            }
        }
    }

    private void Enter(DirectoryInfo folder, string prefix, HashSet<string> chain, CancellationToken cancellationToken)
    {
        var real = RealPath.Of(folder.FullName);
        if (!chain.Add(real))
        {
            return;
        }

        if (chain.Count > Limits.MaxDepth + 1)
        {
            throw Invalid($"has folders more than {Limits.MaxDepth} levels deep, at {prefix}");
        }

        _folders.Add(prefix);
        Scan(folder, prefix, chain, cancellationToken);
        chain.Remove(real);
    }

    private List<FileSystemInfo> Entries(DirectoryInfo folder)
    {
        try
        {
            return [.. folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException($"the folder {folder.FullName} cannot be read: {exception.Message}", exception)
            {
                Path = Path,
            };
        }
    }
}
