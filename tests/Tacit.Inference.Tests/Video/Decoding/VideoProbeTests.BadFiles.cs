using System.Diagnostics;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed partial class VideoProbeTests
{
    public static TheoryData<string, string> BadFiles =>
        new()
        {
            { "missing.mp4", "there is no such file" },
            { "folder.mp4", "is a folder, not a video" },
            { "empty.mp4", "the file is empty" },
            { "zeros.mp4", "is not a video, or is damaged: " },
            { "words.mp4", "is not a video, or is damaged: " },
            { "two\nlines.mp4", "is not a video, or is damaged: " },
            { "words.txt", "is not a video, or is damaged: " },
            { "words.nfo", "is not a video but a text" },
            { "image.png", "is not a video but an image" },
            { "list.mp4", "is not a video but a list of files (concat), which is not opened" },
            { "cut.mp4", "is cut off: the file ends before the video does (moov atom not found" },
            { "cut-index-first.mp4", "is cut off: the file ends before the video does (" },
            { "cut.mkv", "is cut off: the file ends before the video does (" },
            { "head.mkv", "is cut off: the file ends before the video does (" },
            { "head.ts", "none of its pictures can be decoded" },
            { "no-frames.mp4", "has no frames" },
            { "no-frames.mkv", "has no frames" },
            { "encrypted.mp4", "is encrypted; its pictures cannot be decoded without the key" },
            { "link-to-pipe.mp4", "the file is empty" },
            { "not-utf8-\uFFFD.mp4", "the name is not UTF-8 text, so the file cannot be opened; rename it" },
            { "live.ts", "is not a video but a list of files (hls), which is not opened" },
            { "sound.m4a", "holds sound but no video" },
            { "cover.m4a", "holds sound but no video" },
        };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task A_bad_file_is_told_in_one_line(string name, string message)
    {
        GeneratedVideo.SkipWithoutFfmpeg();
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        Write(folder, name);

        var error = await Assert.ThrowsAsync<InvalidVideoException>(() => Probe.RunAsync(path));

        Assert.StartsWith($"{path.Replace('\n', ' ')}: {message}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("file:", error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
    }

    [Fact]
    public async Task The_exit_code_and_the_last_error_of_the_program_are_kept()
    {
        using var programs = new FakePrograms(ffprobe: "echo '[error] first' >&2; echo '[h264 @ 0x1] [error] the last' >&2; exit 7");
        var video = new GeneratedVideo().Write(programs.File("v.mp4"));

        var error = await Assert.ThrowsAsync<InvalidVideoException>(() => new VideoProbe(programs.Options).RunAsync(video));

        Assert.Equal(($"{video}: is not a video, or is damaged: the last", 7), (error.Message, error.ExitCode));
    }

    [Fact]
    public async Task A_stream_that_was_cut_off_has_the_frames_that_can_be_decoded()
    {
        using var folder = new TemporaryFolder();
        var whole = new GeneratedVideo { Frames = 40, BFrames = 2 }.Write(folder.File("whole.ts"));
        var cut = folder.Write("cut.ts", File.ReadAllBytes(whole)[..(int)(new FileInfo(whole).Length * 2 / 3)]);

        var info = await Probe.RunAsync(cut);
        var count = 0;
        await foreach (var chunk in new VideoReader().ReadAllAsync(info, FrameSize.Original, 7))
        {
            count += chunk.Count;
        }

        Assert.InRange(info.Frames, 5, 39);
        Assert.Equal(info.Frames, count);
    }

    [Fact]
    public async Task A_file_that_may_not_be_read_is_told()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read everything");
        using var folder = new TemporaryFolder();
        var path = folder.Write("v.mp4", [1]);
        File.SetUnixFileMode(path, UnixFileMode.None);

        var error = await Assert.ThrowsAsync<InvalidVideoException>(() => Probe.RunAsync(path));

        Assert.Equal($"{path}: may not be read: permission denied", error.Message);
    }

    private static void Write(TemporaryFolder folder, string name)
    {
        var path = folder.File(name);
        switch (name)
        {
            case "folder.mp4":
                Directory.CreateDirectory(path);
                break;
            case "empty.mp4":
                folder.Write(name, []);
                break;
            case "zeros.mp4":
                folder.Write(name, new byte[5000]);
                break;
            case "list.mp4":
                // Opening the pipe would wait for ever.
                folder.Write(name, "ffconcat version 1.0\nfile pipe\n"u8.ToArray());
                MakePipe(folder.File("pipe"));
                break;
            case "live.ts":
                folder.Write(name, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\npipe\n"u8.ToArray());
                MakePipe(folder.File("pipe"));
                break;
            case "link-to-pipe.mp4":
                MakePipe(folder.File("pipe"));
                File.CreateSymbolicLink(folder.File("link.mp4"), "pipe");
                File.CreateSymbolicLink(path, "link.mp4");
                break;
            case "encrypted.mp4":
                new GeneratedVideo
                {
                    Options =
                    [
                        "-encryption_scheme",
                        "cenc-aes-ctr",
                        "-encryption_key",
                        "76a6c65c5ea762046bd749a2e632ccbb",
                        "-encryption_kid",
                        "a7e61c373e219033c21091fa607bf3b8",
                    ],
                }.Write(path);
                break;
            case "image.png":
                GeneratedVideo.Run(["-loglevel", "error", "-f", "lavfi", "-i", "color=s=16x16", "-frames:v", "1", path]);
                break;
            case "cut.mp4":
                Cut(new GeneratedVideo().Write(path), 0.5);
                break;
            case "cut-index-first.mp4":
                Cut(new GeneratedVideo { Options = ["-movflags", "faststart"] }.Write(path), 0.8);
                break;
            case "cut.mkv":
                Cut(new GeneratedVideo().Write(path), 0.6);
                break;
            case "head.mkv":
                Cut(new GeneratedVideo().Write(path), 700);
                break;
            case "head.ts":
                Cut(new GeneratedVideo().Write(path), 1000);
                break;
            case "no-frames.mp4" or "no-frames.mkv":
                new GeneratedVideo { Frames = 0 }.Write(path);
                break;
            case "sound.m4a":
                GeneratedVideo.Run(["-loglevel", "error", "-f", "lavfi", "-i", "anullsrc", "-t", "0.5", path]);
                break;
            case "cover.m4a":
                GeneratedVideo.Run([
                    "-loglevel",
                    "error",
                    "-f",
                    "lavfi",
                    "-i",
                    "anullsrc",
                    "-f",
                    "lavfi",
                    "-i",
                    "color=s=16x16:r=1",
                    "-t",
                    "1",
                    "-c:v",
                    "png",
                    "-disposition:v",
                    "attached_pic",
                    path,
                ]);
                break;
            case not ("missing.mp4" or "not-utf8-\uFFFD.mp4"):
                folder.Write(name, "what is written here is not a video at all"u8.ToArray());
                break;
        }
    }

    private static void MakePipe(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    // Keeps a share of the bytes, or a number of them.
    private static void Cut(string path, double keep)
    {
        using var file = File.OpenWrite(path);
        file.SetLength((long)(keep < 1 ? file.Length * keep : keep));
    }
}
