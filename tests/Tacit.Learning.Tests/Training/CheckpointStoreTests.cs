using Tacit.Graphs;
using Tacit.Learning.Training;

namespace Tacit.Learning.Tests.Training;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void NothingSavedIsNoCheckpoint() => Assert.Null(Open().Latest());

    [Fact]
    public void KeepsTheTwoNewest()
    {
        var store = Open();
        for (var step = 1; step <= 12; step++)
        {
            store.Save(new Checkpoint("s", step));
        }

        Assert.Equal(["000011.safetensors", "000012.safetensors"], store.Files.Select(Path.GetFileName));
        Assert.Equal(12, store.Latest()!.Step);
    }

    [Fact]
    public void KeepsAsManyAsItIsTold()
    {
        var store = new CheckpointStore(_folder.FullName, new RunFolderOptions { CheckpointsKept = 1 }, _time);
        store.Save(new Checkpoint("s", 1));
        store.Save(new Checkpoint("s", 2));

        Assert.Equal(2, Checkpoint.Read(Assert.Single(store.Files)).Step);
    }

    [Fact]
    public void ADamagedNewestGivesWayToTheOneBefore()
    {
        var store = Open();
        store.Save(new Checkpoint("s", 1));
        store.Save(new Checkpoint("s", 2));
        File.WriteAllBytes(store.Files[^1], new byte[100]);

        Assert.Equal(1, store.Latest()!.Step);
    }

    [Fact]
    public void OnlyDamagedOnesAreRefused()
    {
        var store = Open();
        store.Save(new Checkpoint("s", 1));
        File.WriteAllBytes(store.Files[0], new byte[100]);

        Assert.Throws<InvalidFileException>(store.Latest);
    }

    [Fact]
    public void IsDueWhenTheTimeHasPassed()
    {
        var store = Open();
        Assert.False(store.IsDue);
        _time.Advance(60);
        Assert.True(store.IsDue);
        store.Save(new Checkpoint("s", 1));
        Assert.False(store.IsDue);
    }

    [Fact]
    public void ClearsAwayWhatAKilledProcessLeft()
    {
        var leftOver = Path.Combine(_folder.FullName, ".000001.safetensors.abc.tmp");
        File.WriteAllText(leftOver, "half");

        Open();

        Assert.False(File.Exists(leftOver));
    }

    private CheckpointStore Open() => new(_folder.FullName, new RunFolderOptions(), _time);
}
