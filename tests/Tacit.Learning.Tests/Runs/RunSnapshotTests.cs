using System.Text.Json.Nodes;
using CsCheck;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Runs;

public sealed class RunSnapshotTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private string Metrics => Path.Combine(_folder.FullName, "metrics.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_run_that_is_open_is_running_and_can_be_read()
    {
        using var run = Create();
        run.Metrics.Append("train", 1, [KeyValuePair.Create("loss", 0.5)]);

        var snapshot = RunSnapshot.Read(_folder.FullName);

        Assert.Equal((RunState.Running, "train", 7UL), (snapshot.State, snapshot.Metrics[0].Stage, snapshot.Description.Seed));
        run.Metrics.Append("train", 2, [KeyValuePair.Create("loss", 0.4)]);
        Assert.Equal(2, RunSnapshot.Read(_folder.FullName).Metrics.Length);
    }

    [Fact]
    public void A_run_that_is_closed_is_stopped_until_there_is_a_report()
    {
        Create().Dispose();
        Assert.Equal(RunState.Stopped, RunSnapshot.Read(_folder.FullName).State);

        File.WriteAllText(Path.Combine(_folder.FullName, RunFolder.ReportName), "");

        Assert.Equal(RunState.Done, RunSnapshot.Read(_folder.FullName).State);
    }

    [Fact]
    public void Looking_changes_nothing()
    {
        using (var run = Create())
        {
            run.Metrics.Append("train", 1, [KeyValuePair.Create("loss", 0.5)]);
        }

        File.AppendAllText(Metrics, "{\"stage\":\"tr");
        var before = File.ReadAllBytes(Metrics);

        Assert.Single(RunSnapshot.Read(_folder.FullName).Metrics);
        Assert.Equal(before, File.ReadAllBytes(Metrics));
    }

    [Fact]
    public async Task A_run_opens_while_others_look()
    {
        Create().Dispose();
        using var end = new CancellationTokenSource();
        var looking = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    RunFolder.IsOpen(_folder.FullName);
                    Thread.Sleep(1);
                }
            },
            TestContext.Current.CancellationToken
        );

        for (var i = 0; i < 50; i++)
        {
            RunFolder.Open(_folder.FullName).Dispose();
        }

        await end.CancelAsync();
        await looking;
    }

    [Fact]
    public void A_folder_without_a_run_is_named()
    {
        var exception = Assert.Throws<InvalidFileException>(() => RunSnapshot.Read(_folder.FullName));

        Assert.Equal($"{_folder.FullName} holds no run: there is no run.json", exception.Message);
    }

    // Changed, removed or inserted bytes result in entries or in one clear error.
    [Theory]
    [InlineData("metrics.jsonl")]
    [InlineData("run.json")]
    [InlineData("result.json")]
    public void Damage_gives_one_clear_error(string name)
    {
        using (var run = Create())
        {
            for (var step = 1; step <= 5; step++)
            {
                run.Metrics.Append("train", step, [KeyValuePair.Create("loss", 1.0 / step), KeyValuePair.Create("norm", double.NaN)]);
            }
        }

        File.WriteAllText(Path.Combine(_folder.FullName, RunFolder.ResultName), """{"agreement":98.5,"layers":[{"bits":4}]}""");
        var path = Path.Combine(_folder.FullName, name);
        var whole = File.ReadAllBytes(path);
        var damage = Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 20], Gen.Byte.Array[0, 20]);

        damage.Sample(
            (start, removed, put) =>
            {
                File.WriteAllBytes(path, [.. whole[..start], .. put, .. whole[Math.Min(whole.Length, start + removed)..]]);
                try
                {
                    Assert.InRange(RunSnapshot.Read(_folder.FullName).Metrics.Length, 0, 26);
                }
                catch (InvalidFileException e)
                {
                    Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                }
            },
            iter: 300,
            threads: 1
        );
    }

    private RunFolder Create() =>
        RunFolder.Create(
            _folder.FullName,
            new RunDescription
            {
                Command = "train",
                Options = new JsonObject { ["rate"] = 0.1 },
                Seed = 7,
                ThreadCount = 1,
            }
        );
}
