using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Tacit.TestKit;

/// <summary>
/// Video files created by ffmpeg. Each is encoded once per process, because starting ffmpeg takes longer than encoding a small video.
/// </summary>
internal static class EncodedVideos
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Files = new(StringComparer.Ordinal);

    /// <summary>Writes a video. The test is skipped if ffmpeg is not installed.</summary>
    /// <param name="path">The file; its extension is the format.</param>
    /// <param name="arguments">The arguments of ffmpeg without the file; they read raw frames from standard input.</param>
    /// <param name="frames">The raw frames.</param>
    public static void Write(string path, IEnumerable<string> arguments, byte[] frames)
    {
        var extension = Path.GetExtension(path);
        var key = string.Join('\n', [extension, Convert.ToHexString(SHA256.HashData(frames)), .. arguments]);
        File.WriteAllBytes(path, Files.GetOrAdd(key, _ => new(() => Encode(extension, arguments, frames))).Value);
    }

    private static byte[] Encode(string extension, IEnumerable<string> arguments, byte[] frames)
    {
        var folder = Directory.CreateTempSubdirectory("tacit-video-");
        try
        {
            var path = Path.Combine(folder.FullName, "video" + extension);
            GeneratedVideo.Run([.. arguments, path], input => input.Write(frames));
            return File.ReadAllBytes(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
