using System.Diagnostics;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed partial class VideoProbeTests
{
    private static readonly VideoProbe Probe = new();

    [Fact]
    public async Task It_tells_what_the_file_holds()
    {
        using var folder = new TemporaryFolder();
        var path = new GeneratedVideo
        {
            Width = 80,
            Height = 60,
            Frames = 50,
            FrameRate = 25,
            HasSound = true,
        }.Write(folder.File("v.mp4"));

        var info = await Probe.RunAsync(path);

        Assert.Equal(
            new VideoInfo
            {
                Path = path,
                Width = 80,
                Height = 60,
                Frames = 50,
                FrameRate = 25,
                Duration = TimeSpan.FromSeconds(2),
                Codec = "h264",
            },
            info with
            {
                Table = null,
            }
        );
        Assert.Equal(info, await Probe.RunAsync(path));
    }

    [Theory]
    [InlineData(90, 48, 64)]
    [InlineData(180, 64, 48)]
    [InlineData(270, 48, 64)]
    public async Task The_size_is_that_of_the_turned_picture(int rotation, int width, int height)
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(
            new GeneratedVideo
            {
                Width = width,
                Height = height,
                Rotation = rotation,
            }.Write(folder.File("v.mp4"))
        );

        Assert.Equal((rotation, width, height), (info.Rotation, info.Width, info.Height));
    }

    [Theory]
    [InlineData("v.mp4")]
    [InlineData("v.mkv")]
    public async Task A_variable_rate_is_told_from_a_constant_one(string name)
    {
        using var folder = new TemporaryFolder();
        var constant = await Probe.RunAsync(new GeneratedVideo { Frames = 40, Start = 700 }.Write(folder.File(name)));
        var video = new GeneratedVideo { Frames = 40, IsVariable = true };
        var variable = await Probe.RunAsync(video.Write(folder.File("variable-" + name)));

        Assert.Equal((false, 30), (constant.IsVariableFrameRate, constant.FrameRate));
        Assert.True(variable.IsVariableFrameRate);
        Assert.Equal(39_000.0 / video.TimeOf(39), variable.FrameRate, 0.05);
        Assert.Equal(video.TimeOf(39) * 40.0 / 39, variable.Duration.TotalMilliseconds, 3.0);
    }

    [Theory]
    [InlineData("v.mp4", "libx264", false)]
    [InlineData("v.mkv", "libx264", false)]
    [InlineData("v.webm", "libvpx-vp9", false)]
    [InlineData("v.webm", "libvpx", true)]
    [InlineData("v.avi", "mpeg4", true)]
    [InlineData("v.ts", "libx264", true)]
    public async Task Frames_are_counted_without_decoding_where_that_is_exact(string name, string codec, bool decodes)
    {
        using var programs = new FakePrograms();
        var video = new GeneratedVideo { Codec = codec, BFrames = 1 }.Write(programs.File(name));

        var info = await new VideoProbe(programs.Options).RunAsync(video);

        Assert.Equal(30, info.Frames);
        Assert.Equal(decodes ? 2 : 1, programs.Pids().Length);
    }

    [Theory]
    [InlineData(60, 64, 48)]
    [InlineData(89, 64, 48)]
    [InlineData(271, 64, 48)]
    public async Task A_slanted_picture_is_turned_within_its_frame(int rotation, int width, int height)
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(new GeneratedVideo { Frames = 2, Slant = rotation }.Write(folder.File("v.mp4")));

        var frames = await new VideoReader().ReadAsync(info, new FrameRange(1, 1), FrameSize.Original);

        Assert.Equal((rotation, width, height), (info.Rotation, info.Width, info.Height));
        Assert.Equal((width, height), (frames.Width, frames.Height));
    }

    [Fact]
    public async Task Of_several_streams_the_default_or_the_largest_is_read()
    {
        using var folder = new TemporaryFolder();
        var small = new GeneratedVideo { Frames = 5 }.Write(folder.File("small.mp4"));
        var large = new GeneratedVideo
        {
            Frames = 8,
            Width = 96,
            Height = 64,
        }.Write(folder.File("large.mp4"));
        foreach (var (name, disposition, expected) in ((string, string, int)[])[("a.mkv", "default", 96), ("b.mkv", "0", 64)])
        {
            string[] map = ["-i", small, "-i", large, "-map", "0", "-map", "1", "-c", "copy"];
            GeneratedVideo.Run([
                "-loglevel",
                "error",
                .. map,
                "-disposition:v:0",
                "default",
                "-disposition:v:1",
                disposition,
                folder.File(name),
            ]);

            var info = await Probe.RunAsync(folder.File(name));
            var windows = await VideoWindows.CompareAsync(folder.File(name), 4, 1, 1);

            Assert.Equal((2, expected, true), (info.VideoStreams, info.Width, windows.IsRight));
        }
    }

    [Fact]
    public async Task The_rate_of_AVI_is_that_of_its_packets()
    {
        using var folder = new TemporaryFolder();
        var video = new GeneratedVideo
        {
            Frames = 50,
            FrameRate = 25,
            BFrames = 2,
        }.Write(folder.File("v.mp4"));
        GeneratedVideo.Run(["-loglevel", "error", "-i", video, "-c", "copy", folder.File("v.avi")]);

        var info = await Probe.RunAsync(folder.File("v.avi"));

        Assert.Equal((50, 25.0, 2.0), (info.Frames, info.FrameRate, info.Duration.TotalSeconds));
    }

    [Fact]
    public async Task What_lies_before_a_cut_is_not_counted()
    {
        using var folder = new TemporaryFolder();
        var whole = new GeneratedVideo { Frames = 40, BFrames = 2 }.Write(folder.File("whole.mp4"));
        GeneratedVideo.Run(["-loglevel", "error", "-ss", "0.5", "-i", whole, "-c", "copy", folder.File("cut.mp4")]);

        Assert.Equal(25, (await Probe.RunAsync(folder.File("cut.mp4"))).Frames);
    }

    [Fact]
    public async Task What_the_file_is_called_does_not_matter()
    {
        using var folder = new TemporaryFolder();
        var video = new GeneratedVideo { Frames = 5 }.Write(folder.File("v.mp4"));
        foreach (
            var name in (string[])
                [
                    "a video.avi",
                    "it's \"quoted\".mkv",
                    "two\nlines.mp4",
                    "-y.mp4",
                    "%03d.mp4",
                    "a:b.mp4",
                    "$HOME `x` [*]?.mp4",
                    "ünï🎥.mp4",
                    "none",
                ]
        )
        {
            File.Copy(video, folder.File(name));
            var info = await Probe.RunAsync(folder.File(name));
            var frames = await new VideoReader().ReadAsync(info, new FrameRange(4, 1), FrameSize.Original);

            Assert.Equal(4, GeneratedVideo.NumberOf(frames[0], frames.Width, frames.Height));
        }
    }

    [Fact]
    public async Task A_path_may_be_relative()
    {
        using var folder = new TemporaryFolder();
        var video = new GeneratedVideo { Frames = 2 }.Write(folder.File("v.mp4"));

        Assert.Equal(video, (await Probe.RunAsync(Path.GetRelativePath(Environment.CurrentDirectory, video))).Path);
    }
}
