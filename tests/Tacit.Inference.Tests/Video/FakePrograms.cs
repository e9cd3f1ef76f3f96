using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video;

// A folder with an ffmpeg and an ffprobe that are shell scripts. Each run first adds its process id to a file.
internal sealed class FakePrograms : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Runs the real program and records its arguments.
    public const string Real = """printf '%s ' "$@" | tr '\n' ' ' >>"$0.log"; echo >>"$0.log"; exec "$(basename "$0")" "$@" """;

    // Writes nothing and never ends.
    public const string Hanging = "exec sleep 1000";

    public FakePrograms(string ffmpeg = Real, string ffprobe = Real)
    {
        GeneratedVideo.SkipWithoutFfmpeg();
        Write("ffmpeg", ffmpeg);
        Write("ffprobe", ffprobe);
    }

    public string Location => _folder.Path;

    public FfmpegOptions Options => new() { Location = _folder.Path };

    public string File(string name) => _folder.File(name);

    // The arguments of each run of ffmpeg that decoded something.
    public string[] Decodings =>
        [.. System.IO.File.ReadAllLines(File("ffmpeg.log")).Where(line => line.Contains("rawvideo", StringComparison.Ordinal))];

    public int[] Pids() => System.IO.File.Exists(File("pids")) ? [.. System.IO.File.ReadAllLines(File("pids")).Select(int.Parse)] : [];

    // Waits until this number of programs has been started.
    public async Task<int[]> StartedAsync(int count)
    {
        await Until(() => Pids().Length >= count);
        return Pids();
    }

    // Returns whether every started program has ended and was reaped by this process.
    public bool AllReaped() => Pids().All(pid => !Directory.Exists($"/proc/{pid}"));

    public static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 6000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition(), "it did not happen within a minute");
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string script)
    {
        System.IO.File.WriteAllText(File(name), $"#!/bin/sh\necho $$ >>\"$(dirname \"$0\")/pids\"\n{script}\n");
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
