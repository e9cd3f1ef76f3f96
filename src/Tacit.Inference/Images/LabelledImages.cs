using System.Collections.Immutable;
using Tacit.Inference.Contracts;

namespace Tacit.Inference.Images;

/// <summary>An image of a set.</summary>
/// <param name="Name">The path within the set, with "/" between folders.</param>
/// <param name="Label">The index of its class in <see cref="LabelledImages.Classes"/>; 0 in a set without labels.</param>
public sealed record LabelledImage(string Name, int Label);

/// <summary>An immutable set of images with one folder for each class, in a folder on disk or a ZIP file.</summary>
/// <remarks>
/// <para>
/// The structure is that of torchvision's ImageFolder: each top-level folder is a class, its index is its position in ordinal
/// order, and its images lie in it at any depth. A class without images keeps its index. If all contents of a ZIP file lie in a
/// single folder with subfolders, that folder is taken as the top level. Files without an image extension, hidden files and
/// "__MACOSX" are ignored.
/// </para>
/// <para>
/// Opening a set reads only names. No file is held open, and archives are never unpacked to disk. Several threads can read at a
/// time.
/// </para>
/// </remarks>
/// <example><code>
/// var images = LabelledImages.Open("test.zip");
/// foreach (var batch in images.ReadBatches(new Preprocessing(32, 32)))
/// {
///     var scores = session.Run(batch.Tensor);
/// }
/// </code></example>
public sealed class LabelledImages
{
    private readonly ImageStore _store;
    private readonly ImmutableArray<string> _keys;

    private LabelledImages(
        ImageStore store,
        ImmutableArray<string> classes,
        ImmutableArray<LabelledImage> images,
        ImmutableArray<string> keys,
        int ignored
    )
    {
        _store = store;
        _keys = keys;
        Classes = classes;
        Images = images;
        Ignored = ignored;
    }

    /// <summary>The folder or ZIP file.</summary>
    public string Path => _store.Path;

    /// <summary>The names of the classes, in index order; empty in a set without labels.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The images, ordered by class and then by name.</summary>
    public ImmutableArray<LabelledImage> Images { get; }

    /// <summary>
    /// The number of ignored files: those without an image extension, hidden files, and images outside the class folders.
    /// </summary>
    public int Ignored { get; }

    /// <summary>Opens a folder or a ZIP file with one folder for each class.</summary>
    /// <param name="path">The folder or ZIP file.</param>
    /// <param name="limits">The limits on the contents; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the scan.</param>
    /// <exception cref="InvalidDatasetException">
    /// The path is neither a folder nor a ZIP file; the archive is damaged, encrypted or hostile (paths that lead outside it,
    /// overlapping entries or entries beyond the limits); or there are no images in class folders.
    /// </exception>
    public static LabelledImages Open(string path, ImageSetLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var store = Store(path, "a folder or a ZIP file with one folder per class", limits);
        return Arrange(store, store.Scan(cancellationToken));
    }

    /// <summary>
    /// Opens all images of a folder or a ZIP file, at any depth, without labels. All images have the label 0, and there are no
    /// classes.
    /// </summary>
    /// <param name="path">The folder or ZIP file.</param>
    /// <param name="limits">The limits on the contents; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the scan.</param>
    /// <exception cref="InvalidDatasetException">
    /// The path is neither a folder nor a ZIP file; the archive is damaged, encrypted or hostile; or there are no images.
    /// </exception>
    public static LabelledImages OpenUnlabelled(string path, ImageSetLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var store = Store(path, "a folder or a ZIP file of images", limits);
        var scan = store.Scan(cancellationToken);
        var files = scan.Files.Order(StringComparer.Ordinal).ToImmutableArray();
        return files.IsEmpty
            ? throw NoImages(store)
            : new LabelledImages(store, [], [.. files.Select(file => new LabelledImage(file, 0))], files, scan.Ignored);
    }

    /// <summary>Returns some of the images as a new set. All classes keep their indices.</summary>
    /// <param name="indices">Indices into <see cref="Images"/>, in the order of the new set.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not that of an image.</exception>
    public LabelledImages Choose(IEnumerable<int> indices)
    {
        var chosen = indices.ToList();
        return new LabelledImages(
            _store,
            Classes,
            [.. chosen.Select(index => Images[index])],
            [.. chosen.Select(index => _keys[index])],
            Ignored
        );
    }

    /// <summary>Reads and preprocesses the images in order, one batch at a time. The next batch is decoded while one is in use.</summary>
    /// <remarks>Unreadable images are left out and reported in <see cref="ImageBatch.Skipped"/>.</remarks>
    /// <param name="preprocessing">The preprocessing of the network.</param>
    /// <param name="options">The batch size, the parallelism and the tolerance for unreadable images; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="InvalidDatasetException">
    /// More images are unreadable than <see cref="ImageBatchOptions.MaxUnreadable"/> allows, all are, or the set no longer
    /// exists.
    /// </exception>
    /// <exception cref="OperationCanceledException">The enumeration was cancelled.</exception>
    public IEnumerable<ImageBatch> ReadBatches(
        Preprocessing preprocessing,
        ImageBatchOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        new ImageBatchReader(this, _store, _keys, new Preprocessor(preprocessing), options ?? new ImageBatchOptions()).Read(
            cancellationToken
        );

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Images.Length} images in {Classes.Length} classes";

    private static ImageStore Store(string path, string what, ImageSetLimits? limits)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits ??= new ImageSetLimits();
        return Directory.Exists(path) ? new FolderImages(path, limits)
            : File.Exists(path) ? new ZipImages(path, limits)
            : throw new InvalidDatasetException($"{path} does not exist; give {what}") { Path = path };
    }

    private static InvalidDatasetException NoImages(ImageStore store)
    {
        var videos = FolderContents.Has(store.Path, VideoFileNames.IsVideo) ? "videos but " : "";
        return new($"{store.Path} has {videos}no images (.jpg, .jpeg, .png, .bmp or .webp)") { Path = store.Path };
    }

    private static LabelledImages Arrange(ImageStore store, ImageScan scan)
    {
        var top = scan.MayHaveTop ? CommonTop(scan) : "";
        var classes = scan
            .Folders.Concat(scan.Files.Select(file => Parent(file)))
            .Where(folder => folder.Length > top.Length && folder.StartsWith(top, StringComparison.Ordinal))
            .Select(folder => folder[top.Length..].Split('/')[0])
            .Where(folder => folder.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToImmutableArray();
        var labels = classes
            .Select((name, index) => (name, index))
            .ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal);
        var images = scan
            .Files.Where(file => Parent(file).Length > top.Length)
            .Select(file => (Key: file, Image: new LabelledImage(file[top.Length..], labels[file[top.Length..].Split('/')[0]])))
            .OrderBy(file => file.Image.Label)
            .ThenBy(file => file.Image.Name, StringComparer.Ordinal)
            .ToList();
        if (images.Count == 0)
        {
            throw scan.Files.Count > 0
                ? new InvalidDatasetException(
                    $"{store.Path} has {scan.Files.Count} images but no class folders; put the images of each class into a folder of its own"
                )
                {
                    Path = store.Path,
                }
                : NoImages(store);
        }

        return new LabelledImages(
            store,
            classes,
            [.. images.Select(file => file.Image)],
            [.. images.Select(file => file.Key)],
            scan.Ignored + scan.Files.Count - images.Count
        );
    }

    // The folder that contains everything, including its "/", if every image lies in a subfolder of it; otherwise "".
    private static string CommonTop(ImageScan scan)
    {
        var first = scan.Files.Count > 0 ? scan.Files[0] : "";
        var top = first[..(first.IndexOf('/', StringComparison.Ordinal) + 1)];
        return
            top.Length > 0
            && scan.Files.All(file => Parent(file).Length > top.Length && file.StartsWith(top, StringComparison.Ordinal))
            && scan.Folders.All(folder => folder.StartsWith(top, StringComparison.Ordinal))
            ? top
            : "";
    }

    // The folder of a file: "a/b/" for "a/b/c.png".
    private static string Parent(string file) => file[..(file.LastIndexOf('/') + 1)];
}
