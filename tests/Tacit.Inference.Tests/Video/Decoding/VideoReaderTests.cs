using CsCheck;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed partial class VideoReaderTests
{
    private static readonly VideoProbe Probe = new();
    private static readonly VideoReader Reader = new();

    // A property that makes frames hard to locate, and a file with it.
    public static TheoryData<string, string> Videos =>
        new()
        {
            { "constant rate", "v.mp4" },
            { "B-frames", "v.mp4" },
            { "B-frames", "v.mkv" },
            { "B-frames", "v.ts" },
            { "B-frames", "v.avi" },
            { "open groups", "v.mp4" },
            { "open groups", "v.mkv" },
            { "open groups", "v.ts" },
            { "long group", "v.mp4" },
            { "long group", "v.mkv" },
            { "variable rate", "v.mp4" },
            { "variable rate", "v.mkv" },
            { "variable rate and start", "v.mp4" },
            { "variable rate and start", "v.mkv" },
            { "start", "v.mp4" },
            { "start", "v.mkv" },
            { "start", "v.ts" },
            { "turned by 90", "v.mp4" },
            { "turned by 180", "v.mov" },
            { "turned by 270", "v.mp4" },
            { "odd size", "v.mp4" },
            { "one frame", "v.mp4" },
            { "one frame", "v.ts" },
            { "mpeg4", "v.avi" },
            { "mpeg4", "v.mp4" },
            { "mpeg2", "v.mpg" },
            { "mpeg2", "v.ts" },
            { "vp8", "v.webm" },
            { "vp9", "v.webm" },
            { "mjpeg", "v.avi" },
            { "raw stream", "v.h264" },
            { "fragments", "v.mp4" },
            { "cut start", "v.mp4" },
        };

    [Theory]
    [MemberData(nameof(Videos))]
    public async Task Every_way_to_read_gives_the_frames_asked_for(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var (video, first) = Write(kind, folder.File(name));
        var info = await Probe.RunAsync(video);

        List<byte[]> all = [];
        await foreach (var chunk in Reader.ReadAllAsync(info, FrameSize.Original, 7))
        {
            Assert.Equal((Math.Min(7, info.Frames - all.Count), info.Width, info.Height), (chunk.Count, chunk.Width, chunk.Height));
            all.AddRange(Enumerable.Range(0, chunk.Count).Select(i => chunk[i].ToArray()));
        }

        Assert.Equal(Enumerable.Range(first, info.Frames), all.Select(frame => GeneratedVideo.NumberOf(frame, info.Width, info.Height)));

        // The bytes are equal. A frame that was decoded without its reference frames would differ.
        await Gen.Select(Gen.Int[0, info.Frames - 1], Gen.Int[1, 5], Gen.Int[1, 4])
            .SampleAsync(
                async (start, count, stride) =>
                {
                    count = Math.Min(count, ((info.Frames - 1 - start) / stride) + 1);
                    var frames = await Reader.ReadAsync(info, new FrameRange(start, count, stride), FrameSize.Original);
                    Assert.Equal(count, frames.Count);
                    for (var i = 0; i < count; i++)
                    {
                        Assert.True(frames[i].SequenceEqual(all[start + (i * stride)]), $"frame {start + (i * stride)}");
                    }
                },
                iter: 6,
                threads: 2
            );
    }

    [Theory]
    [InlineData("v.mp4")]
    [InlineData("v.mkv")]
    public async Task A_time_means_the_frame_on_the_screen(string name)
    {
        using var folder = new TemporaryFolder();
        var video = new GeneratedVideo
        {
            IsVariable = true,
            Start = 300,
            BFrames = 1,
        };
        var info = await Probe.RunAsync(video.Write(folder.File(name)));
        foreach (var (frame, after) in ((int, int)[])[(0, 0), (0, 10), (13, 0), (13, 5), (14, -1), (29, 0), (29, 20)])
        {
            var time = TimeSpan.FromMilliseconds(video.TimeOf(frame) + after);
            var frames = await Reader.ReadAsync(info, FrameRange.At(time, 1), FrameSize.Original);

            Assert.Equal(after < 0 ? frame - 1 : frame, Number(frames));
        }
    }

    [Theory]
    [InlineData(64, 48)]
    [InlineData(32, 24)]
    [InlineData(128, 128)]
    [InlineData(33, 77)]
    public async Task A_crop_has_exactly_the_size_asked_for(int width, int height)
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(
            new GeneratedVideo
            {
                Width = 128,
                Height = 96,
                Frames = 3,
            }.Write(folder.File("v.mp4"))
        );

        var frames = await Reader.ReadAsync(info, new FrameRange(1, 2), FrameSize.CentreCrop(width, height));

        Assert.Equal((2, width, height), (frames.Count, frames.Width, frames.Height));
    }

    [Fact]
    public async Task The_middle_is_what_a_crop_keeps()
    {
        // Blocks are 32 wide and 24 high; 48 x 96 leaves out the outer columns and half of the inner ones' outer halves.
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(
            new GeneratedVideo
            {
                Width = 128,
                Height = 96,
                Frames = 2,
            }.Write(folder.File("v.mp4"))
        );

        var whole = (await Reader.ReadAsync(info, new FrameRange(1, 1), FrameSize.Original))[0].ToArray();
        var crop = (await Reader.ReadAsync(info, new FrameRange(1, 1), FrameSize.CentreCrop(48, 96)))[0].ToArray();

        for (var y = 0; y < 96; y++)
        {
            Assert.Equal(whole.AsSpan(3 * ((y * 128) + 40), 3 * 48).ToArray(), crop.AsSpan(3 * y * 48, 3 * 48).ToArray());
        }
    }

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task Turned_videos_are_upright_in_every_size(int rotation)
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(
            new GeneratedVideo
            {
                Width = 96,
                Height = 160,
                Rotation = rotation,
            }.Write(folder.File("v.mp4"))
        );

        var frames = await Reader.ReadAsync(info, new FrameRange(21, 1), FrameSize.ShortSide(48));

        Assert.Equal((48, 80, 21), (frames.Width, frames.Height, Number(frames)));
    }

    [Fact]
    public async Task Red_green_and_blue_are_in_this_order()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("v.mkv");
        GeneratedVideo.Run([
            "-loglevel",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=0xff8000:s=16x16",
            "-frames:v",
            "1",
            "-c:v",
            "ffv1",
            "-pix_fmt",
            "bgr0",
            path,
        ]);

        var frames = await Reader.ReadAsync(await Probe.RunAsync(path), new FrameRange(0, 1), FrameSize.Original);

        // The colour is converted to the pixel formats of the video and back.
        Assert.All(frames[0][..3].ToArray().Zip([255, 128, 0]), pair => Assert.InRange(pair.First, pair.Second - 2, pair.Second + 2));
    }

    [Fact]
    public async Task A_frame_of_4K_is_read()
    {
        using var folder = new TemporaryFolder();
        var info = await Probe.RunAsync(
            new GeneratedVideo
            {
                Width = 3840,
                Height = 2160,
                Frames = 1,
            }.Write(folder.File("v.mp4"))
        );

        var frames = await Reader.ReadAsync(info, new FrameRange(0, 1), FrameSize.Original);

        Assert.Equal((3840, 2160, 0), (frames.Width, frames.Height, Number(frames)));
    }

    [Fact]
    public async Task Many_videos_are_read_at_a_time()
    {
        using var folder = new TemporaryFolder();
        var infos = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(i => Probe.RunAsync(new GeneratedVideo { Frames = 2 * i }.Write(folder.File($"{i}.mp4"))))
        );

        var last = await Task.WhenAll(infos.Select(info => Reader.ReadAsync(info, new FrameRange(info.Frames - 1, 1), FrameSize.Original)));

        Assert.Equal([1, 3, 5, 7, 9, 11, 13, 15], last.Select(Number));
    }

    private static int Number(VideoFrames frames) => GeneratedVideo.NumberOf(frames[0], frames.Width, frames.Height);

    // The file, and the number of its first frame.
    private static (string Path, int First) Write(string kind, string path)
    {
        var video = new GeneratedVideo { Frames = 40 };
        switch (kind)
        {
            case "cut start":
                // Copied from the middle of a group of pictures. An edit list hides the frames before.
                var whole = Path.ChangeExtension(path, ".whole.mp4");
                (video with { BFrames = 2 }).Write(whole);
                GeneratedVideo.Run(["-loglevel", "error", "-ss", "0.5", "-i", whole, "-c", "copy", path]);
                return (path, 15);
            case "raw stream":
                return (video.Write(path), 0);
        }

        video = kind switch
        {
            "B-frames" => video with { BFrames = 3 },
            "open groups" => video with { BFrames = 3, IsOpen = true },
            "long group" => video with { Frames = 260, KeyInterval = 250, BFrames = 2 },
            "variable rate" => video with { IsVariable = true, BFrames = 2 },
            "variable rate and start" => video with { IsVariable = true, BFrames = 2, Start = 1234 },
            "start" => video with { Start = 5000, BFrames = 1 },
            "turned by 90" => video with { Rotation = 90 },
            "turned by 180" => video with { Rotation = 180 },
            "turned by 270" => video with { Rotation = 270 },
            "odd size" => video with { Width = 67, Height = 53, PixelFormat = "yuv444p" },
            "one frame" => video with { Frames = 1 },
            "mpeg4" => video with { Codec = "mpeg4", BFrames = 2 },
            "mpeg2" => video with { Codec = "mpeg2video", BFrames = 2, FrameRate = 25 },
            "vp8" => video with { Codec = "libvpx", Options = ["-auto-alt-ref", "1", "-lag-in-frames", "16", "-deadline", "realtime"] },
            "vp9" => video with
            {
                Codec = "libvpx-vp9",
                Options = ["-auto-alt-ref", "1", "-lag-in-frames", "16", "-deadline", "good", "-cpu-used", "8"],
            },
            "mjpeg" => video with { Codec = "mjpeg", PixelFormat = "yuvj420p" },
            "fragments" => video with { BFrames = 2, Options = ["-movflags", "frag_keyframe+empty_moov"] },
            _ => video,
        };
        return (video.Write(path), 0);
    }
}
