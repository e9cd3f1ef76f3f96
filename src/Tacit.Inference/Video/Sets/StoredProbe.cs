using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Sets;

/// <summary>The probe result of a file in the form in which it is stored as JSON.</summary>
/// <param name="Bytes">The size of the file when it was probed.</param>
/// <param name="Modified">The time of the last change of the file when it was probed, in UTC.</param>
/// <param name="Info">The properties of the video.</param>
/// <param name="Table">The timestamps of the video; null if there are none.</param>
internal sealed record StoredProbe(long Bytes, DateTime Modified, VideoInfo Info, StoredTable? Table)
{
    /// <summary>Converts a probe result for storage. The file must have been readable.</summary>
    public static StoredProbe Of(ProbedFile file) =>
        new(file.Bytes, file.Modified, file.Info!, file.Info!.Table is { } table ? StoredTable.Of(table) : null);

    /// <summary>Converts back. Returns null if the stored values are not consistent, for example in a damaged file.</summary>
    public ProbedFile? ToProbed()
    {
        var table = Table?.ToTable();
        return Info is { Width: > 0, Height: > 0, Frames: > 0, FrameRate: > 0 } && (Table is null || table?.Count == Info.Frames)
            ? new ProbedFile(Info.Path, Bytes, Modified) { Info = Info with { Table = table } }
            : null;
    }
}

/// <summary>A <see cref="FrameTable"/> in the form in which it is stored as JSON. Timestamps are encoded by <see cref="Runs"/>.</summary>
/// <param name="Stream">The index of the video stream.</param>
/// <param name="Count">The number of frames.</param>
/// <param name="Numerator">The numerator of the time base.</param>
/// <param name="Denominator">The denominator of the time base.</param>
/// <param name="Times">The presentation timestamps of the frames.</param>
/// <param name="KeysShown">The presentation timestamps of the key frames.</param>
/// <param name="KeysDecoded">The decoding timestamps of the key frames.</param>
internal sealed record StoredTable(
    int Stream,
    int Count,
    long Numerator,
    long Denominator,
    ImmutableArray<long> Times,
    ImmutableArray<long> KeysShown,
    ImmutableArray<long> KeysDecoded
)
{
    /// <summary>Converts a table for storage.</summary>
    public static StoredTable Of(FrameTable table) =>
        new(
            table.Stream,
            table.Count,
            table.Unit.Numerator,
            table.Unit.Denominator,
            Runs.Of(table.Times),
            Runs.Of([.. table.Keys.Select(key => key.Shown)]),
            Runs.Of([.. table.Keys.Select(key => key.Decoded)])
        );

    /// <summary>Converts back. Returns null if the stored values are not consistent.</summary>
    public FrameTable? ToTable()
    {
        var (times, shown, decoded) = (Runs.Read(Times), Runs.Read(KeysShown), Runs.Read(KeysDecoded));
        return
            Numerator > 0
            && Denominator > 0
            && times is not null
            && (times.Count == 0 || times.Count == Count)
            && shown is not null
            && shown.Count == decoded?.Count
            ? new FrameTable(Stream, Count, new Rational(Numerator, Denominator), times, shown.Zip(decoded))
            : null;
    }
}

/// <summary>
/// Run-length encoding of the differences of a sequence: the first number, then pairs of a difference and how often it repeats.
/// The timestamps of a constant frame rate take three numbers.
/// </summary>
/// <example>0, 512, 1024, 1536, 2050 is encoded as 0, 512, 3, 514, 1.</example>
internal static class Runs
{
    // Far more frames than a video has. The limit keeps a damaged file from exhausting the memory.
    private const long Most = 100_000_000;

    /// <summary>Encodes a sequence. An empty sequence stays empty.</summary>
    public static ImmutableArray<long> Of(IReadOnlyList<long> numbers)
    {
        List<long> runs = [.. numbers.Take(1)];
        for (var i = 1; i < numbers.Count; i++)
        {
            var step = numbers[i] - numbers[i - 1];
            if (runs.Count > 1 && runs[^2] == step)
            {
                runs[^1]++;
            }
            else
            {
                runs.AddRange([step, 1]);
            }
        }

        return [.. runs];
    }

    /// <summary>Decodes a sequence. Returns null if the encoding is invalid or longer than 100 million numbers.</summary>
    public static List<long>? Read(ImmutableArray<long> runs)
    {
        if (runs.IsDefaultOrEmpty)
        {
            return runs.IsDefault ? null : [];
        }

        List<long> numbers = [runs[0]];
        for (var i = 1; i < runs.Length; i += 2)
        {
            if (i + 1 == runs.Length || runs[i + 1] <= 0 || runs[i + 1] > Most - numbers.Count)
            {
                return null;
            }

            for (var step = 0L; step < runs[i + 1]; step++)
            {
                numbers.Add(unchecked(numbers[^1] + runs[i]));
            }
        }

        return numbers;
    }
}
