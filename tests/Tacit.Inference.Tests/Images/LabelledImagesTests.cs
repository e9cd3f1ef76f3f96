using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Tests.Golden;

namespace Tacit.Inference.Tests.Images;

public sealed class LabelledImagesTests : IDisposable
{
    private static readonly byte[] Png = GoldenImages.File("rgb.png");
    private static readonly Preprocessing Small = new(4, 4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_a_folder_as_ImageFolder_does()
    {
        _folder.Write("set/dog/2.png", Png);
        _folder.Write("set/dog/1.PNG", Png);
        _folder.Write("set/cat/deep/er/3.png", Png);
        _folder.Write("set/Zebra/1.png", Png);
        _folder.Write("set/dog/notes.txt", Png);
        _folder.Write("set/at the root.png", Png);
        _folder.Write("set/.hidden/1.png", Png);
        Directory.CreateDirectory(_folder.File("set/empty"));

        var images = LabelledImages.Open(_folder.File("set"));

        Assert.Equal(["Zebra", "cat", "dog", "empty"], images.Classes);
        Assert.Equal(
            [new("Zebra/1.png", 0), new("cat/deep/er/3.png", 1), new("dog/1.PNG", 2), new LabelledImage("dog/2.png", 2)],
            images.Images
        );
        Assert.Equal(2, images.Ignored);
    }

    [Fact]
    public void A_folder_of_videos_is_told_from_an_empty_one()
    {
        _folder.Write("set/walk/a.mp4", []);

        Refused(_folder.File("set"), $"{_folder.File("set")} has videos but no images (.jpg, .jpeg, .png, .bmp or .webp)");
    }

    [Fact]
    public void Reads_a_zip_as_a_folder()
    {
        var path = _folder.Zip("set.zip", ("dog/1.png", Png), ("cat/1.png", Png), ("empty/", []), ("__MACOSX/dog/._1.png", Png));

        var images = LabelledImages.Open(path);

        Assert.Equal(["cat", "dog", "empty"], images.Classes);
        Assert.Equal([new("cat/1.png", 0), new LabelledImage("dog/1.png", 1)], images.Images);
    }

    [Fact]
    public void Looks_through_the_one_folder_that_all_of_a_zip_lies_in()
    {
        var path = _folder.Zip("set.zip", ("test/", []), ("test/dog/1.png", Png), ("test/readme.txt", []), ("test/cat/1.png", Png));

        Assert.Equal(["cat", "dog"], LabelledImages.Open(path).Classes);
        Assert.Equal(2, LabelledImages.Open(path).ReadBatches(Small).Sum(batch => batch.Count));
    }

    [Fact]
    public void Reads_images_at_any_depth_where_labels_do_not_matter()
    {
        _folder.Write("set/2.png", Png);
        _folder.Write("set/deep/er/1.png", Png);
        _folder.Write("set/notes.txt", Png);

        var images = LabelledImages.OpenUnlabelled(_folder.File("set"));

        Assert.Empty(images.Classes);
        Assert.Equal([new("2.png", 0), new LabelledImage("deep/er/1.png", 0)], images.Images);
        Assert.Equal(1, images.Ignored);
        Assert.Equal(["deep/er/1.png"], images.Choose([1]).ReadBatches(Small).Single().Names);
    }

    [Fact]
    public void A_folder_without_images_serves_nothing()
    {
        _folder.Write("set/notes.txt", Png);

        Assert.Equal(
            $"{_folder.File("set")} has no images (.jpg, .jpeg, .png, .bmp or .webp)",
            Assert.Throws<InvalidDatasetException>(() => LabelledImages.OpenUnlabelled(_folder.File("set"))).Message
        );
    }

    [Fact]
    public void Takes_a_zip_of_one_class_for_what_it_is() =>
        Assert.Equal(["dog"], LabelledImages.Open(_folder.Zip("set.zip", ("dog/1.png", Png), ("dog/2.png", Png))).Classes);

    [Fact]
    public void Gives_batches_in_order_whatever_their_size_and_the_threads()
    {
        var path = _folder.Zip(
            "set.zip",
            [
                .. Enumerable
                    .Range(0, 23)
                    .Select(i => ($"c{i % 3}/{i:00}.png", ImageEncoder.ToPng(new RgbImage(1, 1, [(byte)i, (byte)i, (byte)i])))),
            ]
        );
        var images = LabelledImages.Open(path);
        var preprocessing = new Preprocessing(1, 1) { Scale = 1 };

        foreach (var (size, threads) in new[] { (1, 1), (4, 2), (23, 4), (100, 3) })
        {
            var batches = images.ReadBatches(preprocessing, new() { BatchSize = size, Parallelism = threads }).ToList();

            Assert.Equal(images.Images.Select(image => image.Name), batches.SelectMany(batch => batch.Names));
            Assert.Equal(images.Images.Select(image => image.Label), batches.SelectMany(batch => batch.Labels));
            Assert.Equal(
                images.Images.Select(image => float.Parse(image.Name[3..5])),
                batches.SelectMany(batch => batch.Tensor.ToArray().Chunk(3).Select(image => image[0]))
            );
        }
    }

    [Fact]
    public void Leaves_out_and_names_what_cannot_be_read()
    {
        var path = _folder.Zip("set.zip", ("a/1.png", "no image"u8.ToArray()), ("a/2.png", Png), ("a/3.png", Png[..60]), ("b/4.png", Png));

        var batch = Assert.Single(LabelledImages.Open(path).ReadBatches(Small, new() { MaxUnreadable = 0.5 }));

        Assert.Equal(["a/2.png", "b/4.png"], batch.Names);
        Assert.Equal(["a/1.png", "a/3.png"], batch.Skipped.Select(image => image.Name));
        Assert.Equal("a/1.png is not a JPEG, PNG, BMP or WebP image", batch.Skipped[0].Reason);
        Assert.Equal(batch.Tensor[..48].ToArray(), batch.Tensor[48..].ToArray());
    }

    [Fact]
    public void Refuses_a_set_of_which_too_much_cannot_be_read()
    {
        var path = _folder.Zip("set.zip", ("a/1.png", [1]), ("a/2.png", Png), ("b/4.png", Png));

        var exception = Assert.Throws<InvalidDatasetException>(() => LabelledImages.Open(path).ReadBatches(Small).ToList());

        Assert.Equal(
            $"{path}: 1 of 3 images cannot be read, more than the 3 % allowed: a/1.png is not a JPEG, PNG, BMP or WebP image",
            exception.Message
        );
    }

    [Fact]
    public void Refuses_a_set_of_which_nothing_can_be_read_even_if_all_is_allowed()
    {
        var path = _folder.Zip("set.zip", ("a/1.png", [1]));

        Assert.Throws<InvalidDatasetException>(() => LabelledImages.Open(path).ReadBatches(Small, new() { MaxUnreadable = 1 }).ToList());
    }

    [Fact]
    public void Follows_links_but_not_in_circles()
    {
        _folder.Write("elsewhere/1.png", Png);
        _folder.Write("set/cat/2.png", Png);
        Directory.CreateSymbolicLink(_folder.File("set/dog"), _folder.File("elsewhere"));
        Directory.CreateSymbolicLink(_folder.File("set/cat/up"), _folder.File("set"));
        Directory.CreateSymbolicLink(_folder.File("set/cat/self"), _folder.File("set/cat/self"));

        var images = LabelledImages.Open(_folder.File("set"));

        Assert.Equal(["cat/2.png", "dog/1.png"], images.Images.Select(image => image.Name));
        Assert.Equal(2, images.ReadBatches(Small).Single().Count);
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        var images = LabelledImages.Open(_folder.Zip("set.zip", [.. Enumerable.Range(0, 40).Select(i => ($"a/{i}.png", Png))]));
        using var source = new CancellationTokenSource();
        var batches = images.ReadBatches(Small, new() { BatchSize = 1 }, source.Token).GetEnumerator();

        Assert.True(batches.MoveNext());
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            while (batches.MoveNext()) { }
        });
    }

    [Fact]
    public void Can_be_left_in_the_middle()
    {
        var images = LabelledImages.Open(_folder.Zip("set.zip", [.. Enumerable.Range(0, 40).Select(i => ($"a/{i}.png", Png))]));

        Assert.Single(images.ReadBatches(Small, new() { BatchSize = 1 }).Take(1));
        Assert.Equal(40, images.ReadBatches(Small).Sum(batch => batch.Count));
    }

    [Fact]
    public void Says_that_there_is_nothing_at_the_path() =>
        Refused("nowhere", "nowhere does not exist; give a folder or a ZIP file with one folder per class");

    [Fact]
    public void Says_that_there_are_no_images()
    {
        _folder.Write("set/cat/1.txt", Png);

        Refused(_folder.File("set"), $"{_folder.File("set")} has no images (.jpg, .jpeg, .png, .bmp or .webp)");
    }

    [Fact]
    public void Says_that_there_are_no_class_folders()
    {
        _folder.Write("set/1.png", Png);

        Refused(
            _folder.File("set"),
            $"{_folder.File("set")} has 1 images but no class folders; put the images of each class into a folder of its own"
        );
    }

    [Fact]
    public void Refuses_more_entries_and_deeper_folders_than_its_limits()
    {
        _folder.Write("set/a/b/1.png", Png);

        Assert.Contains("more than 2 entries", Refusal(new() { MaxEntries = 2 }), StringComparison.Ordinal);
        Assert.Contains("more than 1 levels deep, at a/b/", Refusal(new() { MaxDepth = 1 }), StringComparison.Ordinal);

        string Refusal(ImageSetLimits limits) =>
            Assert.Throws<InvalidDatasetException>(() => LabelledImages.Open(_folder.File("set"), limits)).Message;
    }

    private static void Refused(string path, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDatasetException>(() => LabelledImages.Open(path)).Message);
}
