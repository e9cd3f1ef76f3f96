using Tacit.Cli.Hosting;

namespace Tacit.Cli.Tests.Commands.Features;

[Collection(ColorVideos.Collection)]
public sealed class RetrieveCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public RetrieveCommandTests(ColorVideos videos)
    {
        _videos = videos;
        TinyEncoder.Write(_folder["encoder.onnx"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Recalls_have_intervals_and_what_chance_would_reach()
    {
        var run = await CommandRun.OfAsync("retrieve", _folder["encoder.onnx"], _videos.Divided, "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        var recall = Assert.Single(run.Json.GetProperty("recall").EnumerateArray());
        Assert.Equal(
            (1, 100, 50),
            (recall.GetProperty("k").GetInt32(), recall.GetProperty("percent").GetDouble(), recall.GetProperty("chance").GetDouble())
        );
        Assert.Equal([100, 100], recall.GetProperty("interval").EnumerateArray().Select(bound => bound.GetDouble()));
        Assert.Equal(
            ("given", 4, 4, 2),
            (
                run.Json.GetProperty("division").GetString(),
                run.Json.GetProperty("queries").GetInt32(),
                run.Json.GetProperty("gallery").GetInt32(),
                run.Json.GetProperty("sources").GetInt32()
            )
        );
    }

    [Fact]
    public async Task Neighbours_are_written_as_a_table()
    {
        var run = await CommandRun.OfAsync(
            "retrieve",
            _folder["encoder.onnx"],
            _videos.Divided,
            "--neighbours",
            _folder["found.csv"],
            "--most",
            "2",
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );

        var lines = await File.ReadAllLinesAsync(_folder["found.csv"], TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal("query,query_class,rank,video,class,similarity", lines[0]);
        Assert.Equal(8, lines.Length - 1);
        Assert.All(lines.Skip(1), line => Assert.Matches(@"^(red|blue)[23]\.mp4,\1,[12],\1[01]\.mp4,\1,[01]\.\d{4}$", line));
        Assert.Contains("4 videos of 2 sources, among 4 others\n", run.Output, StringComparison.Ordinal);
    }
}
