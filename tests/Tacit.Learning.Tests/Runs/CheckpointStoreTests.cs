using Tacit.Graphs;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Runs;

namespace Tacit.Learning.Tests.Runs;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Nothing_saved_is_no_checkpoint() => Assert.Null(Open().Latest());

    [Fact]
    public void Keeps_the_two_newest()
    {
        var store = Open();
        for (var step = 1; step <= 12; step++)
        {
            store.Save(new Checkpoint("s", step));
        }

        Assert.Equal(["000011-s.safetensors", "000012-s.safetensors"], store.Files.Select(Path.GetFileName));
        Assert.Equal(12, store.Latest()!.Step);
    }

    [Fact]
    public void Keeps_as_many_as_it_is_told()
    {
        var store = new CheckpointStore(_folder.FullName, new RunFolderOptions { CheckpointsKept = 1 }, _time);
        store.Save(new Checkpoint("s", 1));
        store.Save(new Checkpoint("s", 2));

        Assert.Equal(2, Checkpoint.Read(Assert.Single(store.Files)).Step);
    }

    [Fact]
    public void A_damaged_newest_gives_way_to_the_one_before()
    {
        var store = Open();
        store.Save(new Checkpoint("s", 1));
        store.Save(new Checkpoint("s", 2));
        File.WriteAllBytes(store.Files[^1], new byte[100]);

        Assert.Equal(1, store.Latest()!.Step);
    }

    [Fact]
    public void Only_damaged_ones_are_refused()
    {
        var store = Open();
        store.Save(new Checkpoint("s", 1));
        File.WriteAllBytes(store.Files[0], new byte[100]);

        Assert.Throws<InvalidFileException>(() => store.Latest());
        Assert.Throws<InvalidFileException>(() => store.Latest("s"));
        Assert.Null(store.Latest("other"));
    }

    // The result of a completed stage must be kept during the stages after it.
    [Fact]
    public void Keeps_the_checkpoints_of_earlier_stages()
    {
        var store = Open();
        store.Save(new Checkpoint("first/one", 1));
        for (var step = 1; step <= 5; step++)
        {
            store.Save(new Checkpoint("second", step));
        }

        Assert.Equal(1, store.Latest("first/one")!.Step);
        Assert.Equal(5, store.Latest("second")!.Step);
        Assert.Equal(5, store.Latest()!.Step);
        Assert.Equal(3, store.Files.Length);
    }

    [Fact]
    public void An_offer_is_taken_when_it_is_due()
    {
        var store = Open();
        store.SaveIfDue(1, () => throw new InvalidOperationException("not due"), CancellationToken.None);
        _time.Advance(61);
        store.SaveIfDue(2, () => new Checkpoint("s", 2), CancellationToken.None);

        Assert.Equal(2, store.Latest("s")!.Step);
    }

    [Fact]
    public void An_offer_is_taken_before_the_work_stops()
    {
        var store = Open();

        Assert.Throws<OperationCanceledException>(() =>
            store.SaveIfDue(3, () => new Checkpoint("s", 3), new CancellationToken(canceled: true))
        );
        Assert.Equal(3, store.Latest("s")!.Step);
    }

    [Fact]
    public void Finished_parts_do_not_delay_an_offer()
    {
        var store = Open();
        _time.Advance(59);
        store.Save(new Checkpoint("part 1", 1));
        _time.Advance(1);
        store.SaveIfDue(2, () => new Checkpoint("s", 2), CancellationToken.None);

        Assert.Equal(2, store.Latest("s")!.Step);
    }

    [Fact]
    public void An_offer_is_not_taken_again_within_the_interval()
    {
        var store = Open();
        _time.Advance(60);
        store.SaveIfDue(1, () => new Checkpoint("s", 1), CancellationToken.None);
        _time.Advance(59);
        store.SaveIfDue(2, () => throw new InvalidOperationException("not due"), CancellationToken.None);

        Assert.Equal(1, store.Latest("s")!.Step);
    }

    [Fact]
    public void Clears_away_what_a_killed_process_left()
    {
        var leftOver = Path.Combine(_folder.FullName, ".000001-s.safetensors.abc.tmp");
        File.WriteAllText(leftOver, "half");

        Open();

        Assert.False(File.Exists(leftOver));
    }

    private CheckpointStore Open() => new(_folder.FullName, new RunFolderOptions(), _time);
}
