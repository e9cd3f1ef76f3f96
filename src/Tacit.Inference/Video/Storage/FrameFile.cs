using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Storage;

/// <summary>The header of a file of frames: 64 bytes, little-endian. The file can be read without the index of the cache.</summary>
/// <remarks>
/// Layout: the magic bytes <c>TacitRGB</c> at offset 0, the version (int32) at 8, the number of frames (int32) at 12, the
/// height (int32) at 16, the width (int32) at 20 and the frame rate (float64) at 24. The other bytes are 0.
/// </remarks>
/// <param name="Frames">The number of frames.</param>
/// <param name="Height">The height of the frames in pixels.</param>
/// <param name="Width">The width of the frames in pixels.</param>
/// <param name="FrameRate">Frames per second, on average.</param>
internal sealed record FrameFileHeader(int Frames, int Height, int Width, double FrameRate)
{
    /// <summary>The length of the header in bytes; the first frame starts here.</summary>
    public const int Length = 64;

    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "TacitRGB"u8;

    /// <summary>The size of one frame in bytes: 3 · height · width.</summary>
    public long FrameBytes => 3L * Height * Width;

    /// <summary>The size of the whole file in bytes.</summary>
    public long FileBytes => Length + Frames * FrameBytes;

    /// <summary>Serialises the header to <see cref="Length"/> bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Frames);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), Height);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), Width);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(24), FrameRate);
        return bytes;
    }

    /// <summary>Reads the header of a file.</summary>
    /// <param name="path">The file of frames.</param>
    /// <returns>
    /// The header; null if the file does not exist, cannot be read, has another version, or has a length that does not match
    /// its header.
    /// </returns>
    public static FrameFileHeader? TryRead(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            var bytes = new byte[Length];
            if (
                file.ReadAtLeast(bytes, Length, throwOnEndOfStream: false) < Length
                || !bytes.AsSpan(0, 8).SequenceEqual(Magic)
                || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)) != Version
            )
            {
                return null;
            }

            var header = new FrameFileHeader(
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(16)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(20)),
                BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(24))
            );
            return header is { Frames: > 0, Height: > 0 and <= 65_536, Width: > 0 and <= 65_536 } && header.FileBytes == file.Length
                ? header
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The decoded frames of one video: a <see cref="FrameFileHeader"/>, then height x width x 3 bytes for each frame.</summary>
/// <remarks>
/// The file is mapped into memory, so that reading a frame is a copy and the operating system caches what is read often.
/// Several threads can read at a time.
/// </remarks>
internal sealed class FrameFile : IDisposable
{
    private readonly string _path;
    private readonly FrameFileHeader _header;
    private readonly MemoryMappedViewAccessor? _view;

    /// <summary>Opens a file of frames.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">The header that the index of the cache records for it.</param>
    /// <param name="mapped">
    /// Whether to map the file into memory. If false, each read opens the file: Linux allows about 65,000 maps per process by
    /// default, fewer than the videos of a large set.
    /// </param>
    /// <exception cref="InvalidFileException">The file does not have the length that <paramref name="header"/> implies.</exception>
    public FrameFile(string path, FrameFileHeader header, bool mapped)
    {
        (_path, _header) = (path, header);
        using var file = Open();
        if (file.Length != header.FileBytes)
        {
            // Reading a mapping beyond the end of its file would crash the process.
            throw new InvalidFileException($"{path} does not have the size that the index of the cache records; build the cache again")
            {
                Path = path,
            };
        }

        if (mapped)
        {
            using var map = MemoryMappedFile.CreateFromFile(
                file,
                null,
                0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: true
            );
            _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
    }

    /// <summary>Copies frames into a buffer.</summary>
    /// <param name="frames">The frame numbers, from 0, in any order.</param>
    /// <param name="pixels">The buffer to fill, of one <see cref="FrameFileHeader.FrameBytes"/> for each number.</param>
    public void Read(ReadOnlySpan<int> frames, Span<byte> pixels)
    {
        var size = (int)_header.FrameBytes;
        using var file = _view is null ? Open() : null;
        for (var i = 0; i < frames.Length; i++)
        {
            var offset = FrameFileHeader.Length + frames[i] * (long)size;
            var target = pixels.Slice(i * size, size);
            if (file is null)
            {
                _view!.SafeMemoryMappedViewHandle.ReadSpan((ulong)offset, target);
            }
            else
            {
                file.Position = offset;
                file.ReadExactly(target);
            }
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => _view?.Dispose();

    /// <summary>Writes the frames of a video to a file. The file appears under its name only when it is complete.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="info">The video; its frame rate is stored in the header.</param>
    /// <param name="frames">The frames in order, in chunks of one size.</param>
    /// <param name="written">Called with the number of frames of each chunk after it was written.</param>
    /// <param name="cancellation">Cancels the write; no file is left.</param>
    /// <returns>The header of the file.</returns>
    /// <exception cref="InvalidVideoException">There are no frames, or a frame cannot be decoded.</exception>
    public static async Task<FrameFileHeader> WriteAsync(
        string path,
        VideoInfo info,
        IAsyncEnumerable<VideoFrames> frames,
        Action<int> written,
        CancellationToken cancellation
    )
    {
        FrameFileHeader? header = null;
        await AtomicFile
            .WriteAsync(
                path,
                async stream =>
                {
                    stream.Position = FrameFileHeader.Length;
                    await foreach (var chunk in frames.WithCancellation(cancellation).ConfigureAwait(false))
                    {
                        await stream.WriteAsync(chunk.Data, cancellation).ConfigureAwait(false);
                        header = new FrameFileHeader((header?.Frames ?? 0) + chunk.Count, chunk.Height, chunk.Width, info.FrameRate);
                        written(chunk.Count);
                    }

                    stream.Position = 0;
                    await stream
                        .WriteAsync(
                            (header ?? throw new InvalidVideoException($"{info.Path} gives no frames") { Path = info.Path }).ToBytes(),
                            cancellation
                        )
                        .ConfigureAwait(false);
                }
            )
            .ConfigureAwait(false);
        return header!;
    }

    private FileStream Open() => new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
}
