using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Tests.Video;

/// <summary>Three small videos in a folder, written once: a.mp4 (30 frames), b/c.mp4 (100, upright) and d.avi (5, small).</summary>
public sealed class VideoFolderFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public VideoFolderFixture()
    {
        Directory.CreateDirectory(_folder.File("b"));
        new GeneratedVideo().Write(_folder.File("a.mp4"));
        new GeneratedVideo
        {
            Width = 48,
            Height = 96,
            Frames = 100,
            BFrames = 2,
            FrameRate = 25,
        }.Write(_folder.File("b/c.mp4"));
        new GeneratedVideo
        {
            Width = 32,
            Height = 16,
            Frames = 5,
            Codec = "mpeg4",
        }.Write(_folder.File("d.avi"));
    }

    public void Dispose() => _folder.Dispose();

    // A video whose file declares 30 frames, one of which cannot be decoded.
    internal static void WriteDamaged(string path)
    {
        new GeneratedVideo
        {
            Codec = "mjpeg",
            PixelFormat = "yuvj420p",
            Frames = 30,
        }.Write(path);
        var bytes = File.ReadAllBytes(path);
        var frame = 0;
        for (var i = 0; i < 20; i++)
        {
            frame += 2 + bytes.AsSpan(frame + 2).IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);
        }

        bytes.AsSpan(frame, 300).Clear();
        File.WriteAllBytes(path, bytes);
    }

    // A copy that a test can change.
    internal VideoSet CopyTo(TemporaryFolder folder)
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            folder.Write(Path.Combine("set", Path.GetRelativePath(_folder.Path, file)), File.ReadAllBytes(file));
        }

        return VideoSet.Read(folder.File("set"));
    }
}
