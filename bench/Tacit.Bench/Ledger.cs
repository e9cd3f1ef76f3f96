using System.Text.Json;

namespace Tacit.Bench;

/// <summary>Stores results of long comparisons, one JSON object per line. Existing results are not computed again.</summary>
/// <typeparam name="T">A result.</typeparam>
internal sealed class Ledger<T>(string path)
{
    private readonly List<T> _entries = File.Exists(path)
        ? [.. File.ReadAllLines(path).Where(line => line.EndsWith('}')).Select(line => JsonSerializer.Deserialize<T>(line)!)]
        : [];

    /// <summary>The results so far.</summary>
    public IReadOnlyList<T> Entries => _entries;

    /// <summary>Adds a result.</summary>
    public void Add(T entry)
    {
        _entries.Add(entry);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.AppendAllText(path, JsonSerializer.Serialize(entry) + "\n");
    }
}

/// <summary>Means and deviations as text.</summary>
internal static class Spread
{
    /// <summary>"62.1 ± 1.4": the mean and the standard deviation of a sample; only the mean for a single value.</summary>
    public static string Of(IEnumerable<double> values)
    {
        var all = values.ToList();
        var mean = all.Average();
        return all.Count < 2
            ? $"{mean:F1}"
            : $"{mean:F1} ± {Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Count - 1)):F1}";
    }
}
