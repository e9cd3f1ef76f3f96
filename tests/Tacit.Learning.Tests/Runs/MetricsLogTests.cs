using Tacit.Graphs;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Runs;

namespace Tacit.Learning.Tests.Runs;

public sealed class MetricsLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");
    private readonly ManualTime _time = new();

    private string Target => Path.Combine(_folder.FullName, "metrics.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Reads_what_was_appended()
    {
        using var log = Open();
        log.Append("s", 1, Loss(0.1));
        _time.Advance(2);
        log.Append("s", 2, [KeyValuePair.Create("loss", double.NaN), KeyValuePair.Create("norm", double.PositiveInfinity)]);

        var entries = log.Read();

        Assert.Equal([1L, 2L], entries.Select(entry => entry.Step));
        Assert.Equal(0.1, entries[0].Values["loss"]);
        Assert.Equal(double.NaN, entries[1].Values["loss"]);
        Assert.Equal(double.PositiveInfinity, entries[1].Values["norm"]);
        Assert.Equal(TimeSpan.FromSeconds(2), entries[1].Time - entries[0].Time);
    }

    [Fact]
    public void Goes_on_with_an_earlier_file()
    {
        Write(("s", 1));
        using var log = Open();
        log.Append("s", 2, Loss(1));

        Assert.Equal([1L, 2L], log.Read().Select(entry => entry.Step));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Drops_a_line_that_was_not_finished(int cut)
    {
        Write(("s", 1), ("s", 2));
        File.WriteAllBytes(Target, File.ReadAllBytes(Target)[..^cut]);

        using var log = Open();
        log.Append("s", 3, Loss(1));

        Assert.Equal([1L, 3L], log.Read().Select(entry => entry.Step));
    }

    [Fact]
    public void Names_a_damaged_line()
    {
        Write(("s", 1));
        File.AppendAllText(Target, "{damage\n");
        using var log = Open();

        var refusal = Assert.Throws<InvalidFileException>(() => log.Read());

        Assert.Contains("line 2", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(1, 0, "first 1")]
    [InlineData(1, 9, "first 1")]
    [InlineData(2, 0, "first 1, first 2")]
    [InlineData(2, 1, "first 1, first 2, second 1")]
    [InlineData(9, 9, "first 1, first 2, second 1, second 2")]
    public void Cuts_back_to_where_each_stage_continues(long first, long second, string kept)
    {
        Write(("first", 1), ("first", 2), ("second", 1), ("second", 2));
        using var log = Open();

        log.CutBackTo(stage => stage == "first" ? first : second);

        Assert.Equal(kept, string.Join(", ", log.Read().Select(entry => $"{entry.Stage} {entry.Step}")));
    }

    [Fact]
    public void Appends_after_a_cut()
    {
        using var log = Open();
        log.Append("s", 1, Loss(1));
        log.Append("s", 2, Loss(2));
        log.CutBackTo(_ => 1);
        log.Append("s", 2, Loss(3));

        Assert.Equal([1.0, 3.0], log.Read().Select(entry => entry.Values["loss"]));
    }

    [Fact]
    public void Refuses_a_name_that_is_taken()
    {
        using var log = Open();

        Assert.Throws<ArgumentException>(() => log.Append("s", 1, [KeyValuePair.Create("step", 1.0)]));
        Assert.Empty(log.Read());
    }

    private static KeyValuePair<string, double>[] Loss(double value) => [KeyValuePair.Create("loss", value)];

    private MetricsLog Open() => new(Target, _time);

    private void Write(params (string Stage, long Step)[] entries)
    {
        using var log = Open();
        foreach (var (stage, step) in entries)
        {
            log.Append(stage, step, Loss(step));
        }
    }
}
