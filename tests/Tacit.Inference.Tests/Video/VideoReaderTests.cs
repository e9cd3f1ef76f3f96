using CsCheck;
using Tacit.Inference.Video;

namespace Tacit.Inference.Tests.Video;

public sealed class VideoReaderTests
{
    private static readonly VideoProbe Probe = new();
    private static readonly VideoReader Reader = new();

    // What makes a frame hard to find, and the file that has it.
    public static TheoryData<string, string> Videos => new()
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
    public async Task Every_window_has_the_frames_asked_for(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var (video, first) = Write(kind, folder.File(name));
        var info = await Probe.RunAsync(video);

        var windows = Gen.Select(Gen.Int[0, info.Frames - 1], Gen.Int[1, 5], Gen.Int[1, 4]);
        await windows.SampleAsync(
            async (start, count, stride) =>
            {
                count = Math.Min(count, ((info.Frames - 1 - start) / stride) + 1);
                var frames = await Reader.ReadAsync(info, new FrameRange(start, count, stride), FrameSize.Original);
                Assert.Equal(Enumerable.Range(0, count).Select(i => first + start + (i * stride)), Numbers(frames));
            },
            iter: 6,
            threads: 1);
    }

    private static IEnumerable<int> Numbers(VideoFrames frames) =>
        [.. Enumerable.Range(0, frames.Count).Select(i => GeneratedVideo.NumberOf(frames[i], frames.Width, frames.Height))];

    // The file, and the number of its first frame.
    private static (string Path, int First) Write(string kind, string path)
    {
        var video = new GeneratedVideo { Frames = 40 };
        switch (kind)
        {
            case "cut start":
                // Copied from the middle of a group on: an edit list hides what comes before.
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
            "vp9" => video with { Codec = "libvpx-vp9", Options = ["-auto-alt-ref", "1", "-lag-in-frames", "16", "-deadline", "good", "-cpu-used", "8"] },
            "mjpeg" => video with { Codec = "mjpeg", PixelFormat = "yuvj420p" },
            "fragments" => video with { BFrames = 2, Options = ["-movflags", "frag_keyframe+empty_moov"] },
            _ => video,
        };
        return (video.Write(path), 0);
    }
}
