using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video;

namespace Tacit.Inference.Images;

/// <summary>An image of a set.</summary>
/// <param name="Name">The path within the set, with "/" between folders.</param>
/// <param name="Label">The index of its class.</param>
public sealed record LabelledImage(string Name, int Label);

/// <summary>A set of images in one folder per class: a folder on disk or a ZIP file.</summary>
/// <remarks>
/// As torchvision's ImageFolder has it: each folder at the top is a class, its index is its place in ordinal order, images
/// lie in it at any depth; a class without images keeps its index. Where all of a ZIP file lies in one folder with folders
/// below it, that folder is the top. Files that are no images by name, hidden ones and "__MACOSX" are passed over. Opening
/// reads names only; nothing is held open, nothing is ever unpacked to disk. Immutable; may be read by many threads at once.
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

    /// <summary>The names of the classes; an image's label is an index into them.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The images, by class, then by name.</summary>
    public ImmutableArray<LabelledImage> Images { get; }

    /// <summary>The number of files passed over: no images by name, or not in a class.</summary>
    public int Ignored { get; }

    /// <summary>Opens a folder or a ZIP file.</summary>
    /// <exception cref="InvalidDatasetException">
    /// There is neither at the path; it is damaged, encrypted or hostile (paths that lead outside, entries larger than the
    /// limits); or it has no images in class folders.
    /// </exception>
    public static LabelledImages Open(string path, ImageSetLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var store = Store(path, "a folder or a ZIP file with one folder per class", limits);
        return Arrange(store, store.Scan(cancellationToken));
    }

    /// <summary>Opens all images of a folder or a ZIP file, at any depth, where labels do not matter: all have label 0, and there are no classes.</summary>
    /// <exception cref="InvalidDatasetException">There is neither at the path, it is damaged, encrypted or hostile, or it has no images.</exception>
    public static LabelledImages OpenUnlabelled(string path, ImageSetLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var store = Store(path, "a folder or a ZIP file of images", limits);
        var scan = store.Scan(cancellationToken);
        var files = scan.Files.Order(StringComparer.Ordinal).ToImmutableArray();
        return files.IsEmpty
            ? throw NoImages(store)
            : new LabelledImages(store, [], [.. files.Select(file => new LabelledImage(file, 0))], files, scan.Ignored);
    }

    /// <summary>Some of the images.</summary>
    /// <param name="indices">Which of <see cref="Images"/>.</param>
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

    /// <summary>Reads and preprocesses the images in order, a batch at a time; the next batch is decoded while one is in use.</summary>
    /// <remarks>Unreadable images are left out and named in <see cref="ImageBatch.Skipped"/>.</remarks>
    /// <exception cref="InvalidDatasetException">All or too many images are unreadable, or the set is no longer there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
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
        var videos = FolderContents.Has(store.Path, VideoFolder.IsVideoName) ? "videos but " : "";
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

    // The folder that everything lies in, with its "/", if every image has a further folder below it; else "".
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

    // "a/b/" of "a/b/c.png".
    private static string Parent(string file) => file[..(file.LastIndexOf('/') + 1)];
}
