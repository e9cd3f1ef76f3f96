using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Storage;

public sealed class FrameFileTests : IDisposable
{
    private static readonly VideoInfo Info = new()
    {
        Path = "a.mp4",
        Width = 3,
        Height = 2,
        Frames = 4,
        FrameRate = 12.5,
        Duration = TimeSpan.FromSeconds(1),
        Codec = "h264",
    };

    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("a.rgb");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gives_back_what_was_written_mapped_or_not(bool mapped)
    {
        var pixels = Enumerable.Range(0, 72).Select(i => (byte)i).ToArray();

        var header = await FrameFile.WriteAsync(
            File,
            Info,
            Chunks(new VideoFrames(1, 2, 3, pixels[..18]), new VideoFrames(3, 2, 3, pixels[18..])),
            _ => { },
            default
        );

        Assert.Equal(new FrameFileHeader(4, 2, 3, 12.5), header);
        Assert.Equal(header, FrameFileHeader.TryRead(File));
        using var file = new FrameFile(File, header, mapped);
        var read = new byte[36];
        file.Read([3, 1], read);
        Assert.Equal([.. pixels[54..], .. pixels[18..36]], read);
    }

    [Fact]
    public async Task Where_writing_fails_nothing_is_left()
    {
        await Assert.ThrowsAsync<IOException>(() => FrameFile.WriteAsync(File, Info, Failing(), _ => { }, default));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        static async IAsyncEnumerable<VideoFrames> Failing()
        {
            yield return new VideoFrames(1, 2, 3, new byte[18]);
            await Task.Yield();
            throw new IOException("no space left");
        }
    }

    [Fact]
    public async Task A_video_without_frames_leaves_nothing()
    {
        await Assert.ThrowsAsync<InvalidVideoException>(() => FrameFile.WriteAsync(File, Info, Chunks(), _ => { }, default));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Any_shorter_longer_or_foreign_file_is_none()
    {
        await FrameFile.WriteAsync(File, Info, Chunks(new VideoFrames(4, 2, 3, new byte[72])), _ => { }, default);
        var bytes = await System.IO.File.ReadAllBytesAsync(File);

        Assert.Null(FrameFileHeader.TryRead(_folder.File("nowhere.rgb")));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(FrameFileHeader.TryRead(_folder.Write("cut.rgb", bytes[..length])));
        }

        Assert.Null(FrameFileHeader.TryRead(_folder.Write("long.rgb", [.. bytes, 0])));
        for (var at = 0; at < 24; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x80;
            Assert.Null(FrameFileHeader.TryRead(_folder.Write("changed.rgb", changed)));
        }
    }

    private static async IAsyncEnumerable<VideoFrames> Chunks(params VideoFrames[] chunks)
    {
        foreach (var chunk in chunks)
        {
            await Task.Yield();
            yield return chunk;
        }
    }
}
