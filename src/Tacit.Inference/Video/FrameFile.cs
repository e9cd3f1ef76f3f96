using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// What the head of a file of frames says: little-endian, 64 bytes, so that a file tells what it holds without the index.
internal sealed record FrameFileHeader(int Frames, int Height, int Width, double FrameRate)
{
    public const int Length = 64;

    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "TacitRGB"u8;

    public long FrameBytes => 3L * Height * Width;

    public long FileBytes => Length + Frames * FrameBytes;

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

    // Null where there is no such file, or it is not a whole file of frames.
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

// A file of frames: the header, then height x width x 3 bytes for each. Mapped into memory, so that a frame is a copy and the
// system keeps what is read often. Serves several threads at a time.
internal sealed class FrameFile : IDisposable
{
    private readonly string _path;
    private readonly FrameFileHeader _header;
    private readonly MemoryMappedViewAccessor? _view;

    // Not mapped: the system allows some 65,000 maps to a process, fewer than large sets have videos.
    public FrameFile(string path, FrameFileHeader header, bool mapped)
    {
        (_path, _header) = (path, header);
        using var file = Open();
        if (file.Length != header.FileBytes)
        {
            // Reading a map beyond the end of its file would end the process.
            throw new InvalidFileException($"{path} is not the whole file that the cache's index tells of; build the cache again")
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

    public void Dispose() => _view?.Dispose();

    // Writes a whole file or none; returns what it holds. InvalidVideoException: there are no frames, or they cannot be decoded.
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
