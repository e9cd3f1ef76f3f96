using System.Collections.Immutable;

namespace Tacit.Inference.Video;

// What is known of a file, as JSON has it.
internal sealed record StoredProbe(long Bytes, DateTime Modified, VideoInfo Info, StoredTable? Table)
{
    public static StoredProbe Of(ProbedFile file) =>
        new(file.Bytes, file.Modified, file.Info!, file.Info!.Table is { } table ? StoredTable.Of(table) : null);

    // Null: it is not sound.
    public ProbedFile? ToProbed()
    {
        var table = Table?.ToTable();
        return Info is { Width: > 0, Height: > 0, Frames: > 0, FrameRate: > 0 } && (Table is null || table?.Count == Info.Frames)
            ? new ProbedFile(Info.Path, Bytes, Modified) { Info = Info with { Table = table } }
            : null;
    }
}

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

    // Null: it is not sound.
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

// Numbers as the first, and runs of steps to the next: how long a step, how many. Times of a constant rate are three numbers.
internal static class Runs
{
    // Far more frames than a video has: a damaged file must not fill the memory.
    private const long Most = 100_000_000;

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

    // Null: these are no runs.
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
