using CsCheck;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed partial class VideoReaderTests
{
    [Fact]
    public async Task A_late_frame_is_sought_where_the_file_has_an_index()
    {
        using var programs = new FakePrograms();
        var info = await Probe.RunAsync(
            new GeneratedVideo
            {
                Frames = 200,
                BFrames = 2,
                IsOpen = true,
            }.Write(programs.File("v.mp4"))
        );

        var frames = await new VideoReader(programs.Options).ReadAsync(info, new FrameRange(190, 1), FrameSize.Original);

        Assert.Equal(190, Number(frames));
        Assert.Contains("-ss 5.8", Assert.Single(programs.Decodings), StringComparison.Ordinal); // frame 180, by the time of its decoding
    }

    [Theory]
    [InlineData("v.ts")]
    [InlineData("v.avi")]
    public async Task Frames_before_a_late_one_are_not_written_where_the_file_has_no_index(string name)
    {
        using var programs = new FakePrograms();
        var info = await Probe.RunAsync(new GeneratedVideo { Frames = 40 }.Write(programs.File(name)));

        var frames = await new VideoReader(programs.Options).ReadAsync(info, new FrameRange(30, 3, 2), FrameSize.Original);

        Assert.Equal([30, 32, 34], Enumerable.Range(0, 3).Select(i => GeneratedVideo.NumberOf(frames[i], 64, 48)));
        Assert.Contains("-frames:v 3 ", Assert.Single(programs.Decodings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_seeking_goes_wrong_it_reads_from_the_start()
    {
        // Seeks to the sixth second, regardless of its arguments.
        using var programs = new FakePrograms(
            ffmpeg: """echo "$@" >>"$0.log"; eval "exec ffmpeg $(printf "'%s' " "$@" | sed "s/'-ss' '[0-9.]*'/'-ss' '6'/")" """
        );
        var info = await Probe.RunAsync(new GeneratedVideo { Frames = 200 }.Write(programs.File("v.mp4")));

        var frames = await new VideoReader(programs.Options).ReadAsync(info, new FrameRange(100, 2), FrameSize.Original);

        Assert.Equal(100, Number(frames));
        Assert.Equal(2, programs.Decodings.Length);
    }

    [Theory]
    [InlineData("libx264")]
    [InlineData("libx265")]
    public async Task A_wrong_table_of_key_frames_does_not_change_the_frames(string codec)
    {
        using var folder = new TemporaryFolder();
        var file = File.ReadAllBytes(new GeneratedVideo { Frames = 40, Codec = codec }.Write(folder.File("v.mp4")));
        var removed = folder.Write("removed.mp4", SyncTable.Removed(file)!);
        var copied = folder.File("copied.mkv");
        GeneratedVideo.Run(["-loglevel", "error", "-i", removed, "-c", "copy", copied]);

        foreach (var path in (string[])[removed, copied, folder.Write("shifted.mp4", SyncTable.Shifted(file)!)])
        {
            Assert.Equal(new VideoWindows(40, 40, 2, 2, null), await VideoWindows.CompareAsync(path, 17, 3, 2, 6));
        }
    }

    // A part of the matrix of the command video-matrix of Tacit.Bench.
    [Theory]
    [InlineData("libaom-av1", "v.mkv", "-cpu-used", "8", "-lag-in-frames", "0")]
    [InlineData("libx265", "v.mkv")]
    [InlineData("libvpx-vp9", "v.ivf", "-deadline", "realtime", "-cpu-used", "8")]
    [InlineData("libtheora", "v.ogv")]
    [InlineData("prores_ks", "v.mov")]
    [InlineData("mpeg4", "v.nut")]
    [InlineData("mpeg2video", "v.mxf")]
    [InlineData("ffv1", "v.avi")]
    [InlineData("flv", "v.flv")]
    [InlineData("wmv2", "v.asf")]
    [InlineData("apng", "v.apng", "-f", "apng")]
    public async Task Windows_are_what_ffmpeg_reads_from_the_start(string codec, string name, params string[] options)
    {
        var format = codec switch
        {
            "prores_ks" => "yuv422p10le",
            "apng" => "rgb24",
            _ => "yuv420p",
        };
        using var folder = new TemporaryFolder();
        GeneratedVideo.SkipWithoutEncoder(codec);
        var video = new GeneratedVideo
        {
            Frames = 20,
            FrameRate = 25,
            Codec = codec,
            PixelFormat = format,
            Options = options,
        };

        var windows = await VideoWindows.CompareAsync(video.Write(folder.File(name)), 17, 3, 2, 14);

        Assert.Equal(new VideoWindows(20, 20, 1, 1, null), windows);
    }

    [Fact]
    public async Task A_picture_that_is_refreshed_in_stripes_is_read_whole()
    {
        // The packets of x264's refreshes are marked as key frames, and none is one.
        using var folder = new TemporaryFolder();
        var path = new GeneratedVideo { Frames = 40, Options = ["-intra-refresh", "1"] }.Write(folder.File("v.mp4"));

        Assert.Equal(new VideoWindows(40, 40, 2, 2, null), await VideoWindows.CompareAsync(path, 15, 3, 1, 10));
    }

    [Theory]
    [InlineData("yuv444p", 64)]
    [InlineData("yuv420p", 96)]
    public async Task A_change_of_the_pixel_format_or_the_size_keeps_the_count(string format, int width)
    {
        // Of an even number of frames, so that a stride that starts again would not be seen by chance.
        using var folder = new TemporaryFolder();
        var first = new GeneratedVideo { Frames = 15 }.Write(folder.File("first.ts"));
        var second = new GeneratedVideo
        {
            Frames = 20,
            PixelFormat = format,
            Width = width,
        }.Write(folder.File("second.ts"));
        var info = await Probe.RunAsync(folder.Write("v.ts", [.. File.ReadAllBytes(first), .. File.ReadAllBytes(second)]));

        var frames = await Reader.ReadAsync(info, new FrameRange(11, 6, 4), FrameSize.Original);

        Assert.Equal((35, 64, 48), (info.Frames, info.Width, info.Height));
        Assert.Equal([11, 0, 4, 8, 12, 16], Enumerable.Range(0, 6).Select(i => GeneratedVideo.NumberOf(frames[i], 64, 48)));
    }

    [Fact]
    public async Task Timestamps_that_go_back_are_no_errors_of_decoding()
    {
        using var folder = new TemporaryFolder();
        var file = File.ReadAllBytes(new GeneratedVideo { Frames = 10 }.Write(folder.File("part.ts")));
        var info = await Probe.RunAsync(folder.Write("v.ts", [.. file, .. file]));

        var count = 0;
        FfmpegLog? log = null;
        await foreach (var chunk in Reader.ReadAllAsync(info, FrameSize.Original, 8, finished => log = finished, default))
        {
            count += chunk.Count;
        }

        Assert.Equal((20, 0), (count, log!.Errors));
    }
}
