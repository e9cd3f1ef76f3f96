using System.Diagnostics;
using System.Text.Json.Nodes;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private static RunDescription Description =>
        new()
        {
            Command = "quantize",
            Options = new JsonObject
            {
                ["_type"] = "O",
                ["_version"] = 1,
                ["steps"] = 400,
                ["nested"] = new JsonObject { ["rate"] = 0.5 },
            },
            Seed = ulong.MaxValue,
            ThreadCount = 2,
            Inputs = [new RunInput("model", "/somewhere/model.onnx", "ab12")],
        };

    private string Target => Path.Combine(_folder.FullName, "run");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Opens_what_it_created()
    {
        using (var created = RunFolder.Create(Target, Description))
        {
            created.Metrics.Append("s", 1, []);
            created.Checkpoints.Save(new Checkpoint("s", 1));
        }

        using var opened = RunFolder.Open(Target, Description);

        Assert.Empty(opened.Description.DifferencesFrom(Description));
        Assert.Single(opened.Metrics.Read());
        Assert.Equal(1, opened.Checkpoints.Latest()!.Step);
    }

    [Fact]
    public void Metrics_are_cut_back_to_the_checkpoint_of_their_own_stage()
    {
        using var run = RunFolder.Create(Target, Description);
        run.Metrics.Append("synthesis", 1, []);
        run.Metrics.Append("synthesis", 2, []);
        run.Checkpoints.Save(new Checkpoint("synthesis", 1));
        run.Checkpoints.Save(new Checkpoint("synthesis of batch 1", 2));

        run.CutBackMetrics();

        Assert.Equal([1L], run.Metrics.Read().Select(entry => entry.Step));
    }

    [Fact]
    public void Description_says_what_it_is()
    {
        using var run = RunFolder.Create(Target, Description);

        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Target, "run.json")))!;

        Assert.Equal(("run", 1), ((string)json["_type"]!, (int)json["_version"]!));
        Assert.Equal("ab12", (string)json["inputs"]![0]!["sha256"]!);
    }

    [Fact]
    public void Names_every_difference()
    {
        RunFolder.Create(Target, Description).Dispose();
        var other = Description with { Seed = 1, Inputs = [new RunInput("model", "/elsewhere.onnx", "cd34")] };
        other.Options["nested"]!["rate"] = 0.25;

        var refusal = Assert.Throws<InvalidFileException>(() => RunFolder.Open(Target, other));

        Assert.Equal(
            $"the run in {Target} is another: inputs.model is sha256 ab12, not sha256 cd34; options.nested.rate is 0.5, not 0.25; "
                + "seed is 18446744073709551615, not 1. Resume it as it was begun, or begin a new run",
            refusal.Message
        );
    }

    [Fact]
    public void An_input_that_moved_is_no_difference() =>
        Assert.Empty(Description.DifferencesFrom(Description with { Inputs = [new RunInput("model", "/elsewhere.onnx", "ab12")] }));

    [Fact]
    public void Other_threads_are_let_through_and_named()
    {
        RunFolder.Create(Target, Description).Dispose();
        var here = Description with { ThreadCount = 8 };

        using var run = RunFolder.Open(Target, here);

        Assert.Equal("threads is 2, not 8", Assert.Single(here.DifferencesFrom(run.Description)).ToString());
    }

    [Fact]
    public void Refuses_a_second_run_in_a_folder()
    {
        RunFolder.Create(Target, Description).Dispose();

        var refusal = Assert.Throws<ArgumentException>(() => RunFolder.Create(Target, Description));

        Assert.Contains("holds a run already", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_folder_of_other_files()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "holiday.jpg"), "");

        var refusal = Assert.Throws<ArgumentException>(() => RunFolder.Create(Target, Description));

        Assert.Contains("holiday.jpg", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_to_open_a_folder_without_a_run() => Assert.Throws<InvalidFileException>(() => RunFolder.Open(_folder.FullName));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"_type":"run","_version":1}""")]
    [InlineData("""{"_type":"run","_version":99}""")]
    [InlineData("""{"_type":"run","_version":"x"}""")]
    [InlineData("""{"_type":"run","_version":1,"command":"q","seed":-1,"threads":2,"libraries":{},"inputs":[],"options":{}}""")]
    public void Refuses_a_damaged_description(string json)
    {
        RunFolder.Create(Target, Description).Dispose();
        File.WriteAllText(Path.Combine(Target, "run.json"), json);

        Assert.Throws<InvalidFileException>(() => RunFolder.Open(Target));
    }

    [Fact]
    public void Two_at_a_time_are_refused()
    {
        using var run = RunFolder.Create(Target, Description);

        Assert.Throws<IOException>(() => RunFolder.Open(Target));
    }

    [Fact]
    public void A_lock_of_a_process_that_died_is_released()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "the flock program is not here");
        RunFolder.Create(Target, Description).Dispose();
        using var other = Process.Start(
            new ProcessStartInfo("/usr/bin/flock", ["--no-fork", Path.Combine(Target, ".lock"), "sh", "-c", "echo locked; read line"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        Assert.Equal("locked", other.StandardOutput.ReadLine());
        Assert.Throws<IOException>(() => RunFolder.Open(Target));

        other.Kill(entireProcessTree: true);
        other.WaitForExit();

        RunFolder.Open(Target).Dispose();
    }

    [Fact]
    public void Creates_where_a_killed_process_only_took_the_lock()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, ".lock"), "");
        File.WriteAllText(Path.Combine(Target, ".run.json.abc.tmp"), "{");

        RunFolder.Create(Target, Description).Dispose();

        Assert.True(RunFolder.Exists(Target));
    }

    [Fact]
    public void An_input_is_known_by_its_contents()
    {
        var file = Path.Combine(_folder.FullName, "abc.txt");
        File.WriteAllText(file, "abc");

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", RunInput.Of("model", file).Sha256);
    }
}
