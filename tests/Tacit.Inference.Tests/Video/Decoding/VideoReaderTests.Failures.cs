using CsCheck;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

/// <summary>Tests what happens if a video is gone, changed or unsuitable.</summary>
public sealed partial class VideoReaderTests
{
    [Fact]
    public async Task A_file_that_is_deleted_while_it_is_read_is_read_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(new GeneratedVideo { Width = 640, Height = 480 }.Write(folder.File("v.mp4")));

        var count = 0;
        await foreach (var chunk in Reader.ReadAllAsync(info, FrameSize.Original, 1))
        {
            File.Delete(info.Path);
            Assert.Equal(count++, Number(chunk));
        }

        Assert.Equal(30, count);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_told()
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(new GeneratedVideo().Write(folder.File("v.mp4")));
        File.Delete(info.Path);

        var error = await Assert.ThrowsAsync<InvalidVideoException>(() => Reader.ReadAsync(info, new FrameRange(3, 1), FrameSize.Original));

        Assert.Equal($"{info.Path}: frame 0 of 30 cannot be decoded: No such file or directory", error.Message);
        Assert.NotEqual(0, error.ExitCode);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    public async Task A_file_that_changed_since_it_was_probed_is_told(int frames)
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(new GeneratedVideo().Write(folder.File("v.mp4")));
        new GeneratedVideo { Frames = frames }.Write(info.Path);

        var error = await Assert.ThrowsAsync<InvalidVideoException>(async () =>
        {
            await foreach (var _ in Reader.ReadAllAsync(info, FrameSize.Original, 8)) { }
        });

        Assert.Equal(
            frames < 30
                ? $"{info.Path}: frame 20 of 30 cannot be decoded: the file is damaged, or has changed since it was probed"
                : $"{info.Path}: has more than 30 frames: it has changed since it was probed",
            error.Message
        );
    }

    [Fact]
    public async Task Frames_of_another_size_are_refused()
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(new GeneratedVideo().Write(folder.File("v.mp4")));
        new GeneratedVideo { Width = 80 }.Write(info.Path);

        var error = await Assert.ThrowsAsync<InvalidVideoException>(() =>
            Reader.ReadAsync(info, new FrameRange(0, 2), FrameSize.ShortSide(10))
        );

        Assert.Equal($"{info.Path}: frame 0 is 80 x 48, not 64 x 48 as the video says", error.Message);
    }

    [Theory]
    [InlineData(30, 1, 1)]
    [InlineData(29, 2, 1)]
    [InlineData(0, 11, 3)]
    public async Task Frames_that_there_are_not_are_a_bad_argument(int first, int count, int stride)
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(new GeneratedVideo().Write(folder.File("v.mp4")));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            Reader.ReadAsync(info, new FrameRange(first, count, stride), FrameSize.Original)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            Reader.ReadAsync(info, FrameRange.At(TimeSpan.FromSeconds(1.1), 1), FrameSize.Original)
        );
    }

    [Fact]
    public async Task What_was_not_probed_here_is_probed_again()
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(new GeneratedVideo { BFrames = 2 }.Write(folder.File("v.mp4")));
        var kept = new VideoInfo
        {
            Path = info.Path,
            Width = 64,
            Height = 48,
            Frames = 30,
            FrameRate = 30,
            Duration = info.Duration,
            Codec = "h264",
        };

        Assert.Equal(17, Number(await Reader.ReadAsync(kept, new FrameRange(17, 1), FrameSize.Original)));

        var error = await Assert.ThrowsAsync<InvalidVideoException>(() =>
            Reader.ReadAsync(kept with { Frames = 31 }, new FrameRange(17, 1), FrameSize.Original)
        );
        Assert.Equal($"{info.Path}: has 30 frames 64 x 48, not 31 frames 64 x 48: probe it again", error.Message);
    }
}
