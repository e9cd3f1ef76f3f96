using System.Buffers.Binary;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Tests.Golden;

namespace Tacit.Inference.Tests.Images;

public sealed class HostileZipTests : IDisposable
{
    private static readonly byte[] Png = GoldenImages.File("rgb.png");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../cat/1.png")]
    [InlineData("cat/../../1.png")]
    [InlineData("cat\\..\\..\\1.png")]
    [InlineData("/etc/cat/1.png")]
    [InlineData("\\\\host\\cat\\1.png")]
    [InlineData("C:/cat/1.png")]
    public void Refuses_paths_that_lead_outside(string entry) =>
        Refused(
            _folder.Zip("set.zip", ("cat/1.png", Png), (entry, Png)),
            $"has an entry that leads outside it, \"{entry}\"; it may be hostile and was not read"
        );

    [Fact]
    public void Refuses_an_entry_that_unpacks_to_far_more_than_its_size()
    {
        var path = _folder.Zip("set.zip", ("cat/1.bmp", new byte[4 << 20]));

        var exception = Assert.Throws<InvalidDatasetException>(() => LabelledImages.Open(path));

        Assert.Matches(
            "has an entry that unpacks to [0-9]{3,} times its size, cat/1.bmp; it may be hostile and was not read$",
            exception.Message
        );
    }

    [Fact]
    public void Refuses_an_image_larger_than_the_limit() =>
        Refused(
            _folder.Zip("set.zip", ("cat/1.png", Png)),
            $"has an image of {Png.Length} bytes, cat/1.png; at most 99 are read",
            new() { MaxImageBytes = 99 }
        );

    [Fact]
    public void Refuses_more_bytes_or_entries_than_the_limits()
    {
        var path = _folder.Zip("set.zip", ("cat/1.png", Png), ("cat/2.txt", Png));

        Refused(
            path,
            $"would unpack to more than {Png.Length} bytes; it may be hostile and was not read",
            new() { MaxTotalBytes = Png.Length }
        );
        Refused(path, "has more than 1 entries", new() { MaxEntries = 1 });
    }

    // The directory states fewer bytes than the entry has. Only the stated bytes are read, so the image is incomplete.
    [Fact]
    public void Reads_no_more_than_the_directory_says()
    {
        var path = _folder.Zip("set.zip", ("cat/1.png", Png), ("cat/2.png", Png));
        Patch(path, field: 24, bytes: 4, value: 100);

        var exception = Assert.Throws<InvalidDatasetException>(() =>
            LabelledImages.Open(path).ReadBatches(new Preprocessing(4, 4)).ToList()
        );

        Assert.Contains("1 of 2 images cannot be read", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_entries_that_overlap()
    {
        var path = _folder.Zip("set.zip", ("cat/1.png", Png), ("cat/2.png", Png));
        Patch(path, field: 20, bytes: 4, value: 100_000);

        Refused(path, "has entries that overlap; it may be hostile and was not read");
    }

    [Fact]
    public void Refuses_an_encrypted_zip()
    {
        var path = _folder.Zip("set.zip", ("cat/1.png", Png));
        Patch(path, field: 8, bytes: 2, value: 1);

        Refused(path, "is encrypted (at cat/1.png); unpack it and give the folder");
    }

    [Fact]
    public void Refuses_an_entry_that_occurs_twice() =>
        Refused(_folder.Zip("set.zip", ("cat/1.png", Png), ("cat/1.png", Png)), "has the entry cat/1.png twice");

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public void Says_that_a_zip_is_truncated(double share)
    {
        var path = _folder.Zip("set.zip", ("cat/1.png", Png), ("dog/2.png", Png));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(int)(bytes.Length * share)]);

        Refused(path, "is a damaged or truncated ZIP file; copy or download it again");
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, this is no archive at all")]
    public void Says_that_a_file_is_no_zip(string content) =>
        Refused(
            _folder.Write("set.zip", System.Text.Encoding.UTF8.GetBytes(content)),
            "is not a ZIP file; give a folder or a ZIP file with one folder per class"
        );

    // Any damage results in a set or in one clear error line.
    [Fact]
    public void Survives_damage_anywhere()
    {
        var path = _folder.Zip("set.zip", ("cat/1.png", Png), ("dog/2.png", Png));
        var whole = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var bytes = (byte[])whole.Clone();
            var from = i % 2 == 0 ? 0 : whole.Length - 200;
            for (var j = 0; j < 3; j++)
            {
                bytes[random.Next(from, bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, bytes);
            try
            {
                Assert.InRange(LabelledImages.Open(path).ReadBatches(new Preprocessing(4, 4), new() { MaxUnreadable = 1 }).Count(), 0, 1);
            }
            catch (InvalidDatasetException exception)
            {
                Assert.DoesNotContain('\n', exception.Message);
            }
        }
    }

    // Sets a field of the first entry of the central directory.
    private static void Patch(string path, int field, int bytes, uint value)
    {
        var zip = File.ReadAllBytes(path);
        var entry = zip.AsSpan(zip.AsSpan().IndexOf("PK\x01\x02"u8) + field);
        if (bytes == 2)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry, value);
        }

        File.WriteAllBytes(path, zip);
    }

    private static void Refused(string path, string reason, ImageSetLimits? limits = null) =>
        Assert.Equal($"{path} {reason}", Assert.Throws<InvalidDatasetException>(() => LabelledImages.Open(path, limits)).Message);
}
