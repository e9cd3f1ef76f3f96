using Tacit.Cli.Hosting;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Tests.Commands.Features;

[Collection(ColorVideos.Collection)]
public sealed class KnnCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public KnnCommandTests(ColorVideos videos)
    {
        _videos = videos;
        TinyEncoder.Write(_folder["encoder.onnx"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_given_division_is_the_default()
    {
        var run = await KnnAsync(_videos.Divided, "--json", "--k", "3");

        Assert.Contains("encoding 8/8", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
        Assert.Equal(("knn", 3, "weighted", "given"), (Text(run, "method"), Number(run, "k"), Text(run, "vote"), Text(run, "division")));
        Assert.Equal(
            (4, 4, 2, 0),
            (Number(run, "videos"), Number(run, "training_videos"), Number(run, "sources"), Number(run, "shared_sources"))
        );
        Assert.Equal((100, 50), (Number(run, "accuracy"), Number(run, "chance")));
        Assert.Equal([100, 100], run.Json.GetProperty("accuracy_interval").EnumerateArray().Select(bound => bound.GetDouble()));
        Assert.Equal(
            ["blue2.mp4", "blue3.mp4", "red2.mp4", "red3.mp4"],
            run.Json.GetProperty("correct").EnumerateObject().Select(video => video.Name)
        );
        Assert.Equal([1], run.Json.GetProperty("recall").EnumerateArray().Select(recall => recall.GetProperty("k").GetInt32()));
        Assert.Equal("4", run.Json.GetProperty("preprocessing").GetProperty("tacit.clip.frames").GetString());
        Assert.Equal((3, 8, 0), (Number(run, "clips"), Number(run, "dimension"), Number(run, "unreadable")));
    }

    [Fact]
    public async Task Folds_take_the_place_of_the_division()
    {
        var run = await KnnAsync(
            _videos.Divided,
            "--json",
            "--folds",
            "3",
            "--repeats",
            "2",
            "--threads",
            "1",
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );

        Assert.Equal(
            ("cross-validation", 3, 2, 8),
            (Text(run, "division"), Number(run, "folds"), Number(run, "repeats"), Number(run, "videos"))
        );
        Assert.Equal(2, run.Json.GetProperty("repeat_accuracies").GetArrayLength());
    }

    [Fact]
    public async Task The_figures_are_facts_and_a_table()
    {
        var run = await KnnAsync(
            _videos.Undivided,
            "--folds",
            "3",
            "--repeats",
            "2",
            "--k",
            "1",
            "--cache",
            _videos.CacheOf(_videos.Undivided)
        );

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("accuracy  100.00 %  (95 % interval 100.0 to 100.0, over 4 sources)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("chance    50.00 %  (always the most frequent class)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("by        1 nearest neighbour by cosine, weighted vote\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("tested    8 videos of 4 sources, in 3 folds by source, 2 times\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("clips     3 of each video, 4 frames of 16 x 16, to 8 features\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"blue\s+4\s+100.00 %", run.Output);
    }

    [Fact]
    public async Task A_page_can_be_had()
    {
        var run = await KnnAsync(_videos.Divided, "--report", _folder["page.html"], "--cache", _videos.CacheOf(_videos.Divided));
        var page = await File.ReadAllTextAsync(_folder["page.html"], TestContext.Current.CancellationToken);
        var again = await KnnAsync(_videos.Divided, "--report", _folder["page.html"], "--cache", _videos.CacheOf(_videos.Divided));

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("Confusions", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Recall</h2>", page, StringComparison.Ordinal);
        Assert.Contains("The test is small: 4 videos of 2 sources.", page, StringComparison.Ordinal);
        Assert.Equal(
            (ExitCode.Usage, true),
            (again.Code, again.Error.Contains("page.html exists; overwrite it with --force", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_cache_gives_the_same_figures_and_keeps_its_size()
    {
        var live = await KnnAsync(_videos.Divided, "--json");
        await CommandRun.OfAsync("videos", "cache", _videos.Divided, "-o", _folder["cache"], "--short-side", "20");
        var cached = await KnnAsync(_videos.Divided, "--json", "--cache", _folder["cache"]);

        Assert.Equal(live.Json.GetProperty("correct").GetRawText(), cached.Json.GetProperty("correct").GetRawText());
        using var cache = VideoCache.Open(_folder["cache"]);
        Assert.Equal(20, cache.ShortSide);
    }

    [Fact]
    public async Task A_cache_of_other_videos_is_left_alone()
    {
        var one = Path.Combine(_folder.Root, "one.csv");
        File.WriteAllLines(one, ["file,label", $"{Path.Combine(Path.GetDirectoryName(_videos.Divided)!, "red0.mp4")},red"]);
        await CommandRun.OfAsync("videos", "cache", one, "-o", _folder["cache"]);

        var run = await KnnAsync(_videos.Divided, "--cache", _folder["cache"]);

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: the cache {_folder["cache"]} holds other videos ({one}) than {_videos.Divided}; name another folder"
            ),
            (run.Code, run.Error.TrimEnd('\n').Split('\n')[^1])
        );
        using var cache = VideoCache.Open(_folder["cache"]);
        Assert.Single(cache.Videos);
    }

    [Fact]
    public async Task A_fold_of_lists_that_are_not_there_is_refused()
    {
        var run = await KnnAsync(_videos.Divided, "--fold", "5");

        Assert.Equal(
            (ExitCode.Usage, $"tacit: --fold chooses among the lists of UCF-101 or HMDB-51, and {_videos.Divided} has none\n"),
            (run.Code, run.Error)
        );
    }

    // Rejected because of the names in the folder, which contains no videos.
    [Fact]
    public async Task Unlabelled_videos_are_one_line_before_any_is_opened()
    {
        Directory.CreateDirectory(_folder["videos"]);
        File.WriteAllText(Path.Combine(_folder["videos"], "a.mp4"), "no video");

        var run = await KnnAsync(_folder["videos"]);

        Assert.Equal(
            (
                ExitCode.BadInput,
                "tacit: no video has a class, which is what a network is judged by; put the videos in a folder for each class, or list their labels\n"
            ),
            (run.Code, run.Error)
        );
    }

    [Fact]
    public async Task A_division_that_is_not_there_is_one_line()
    {
        Directory.CreateDirectory(_folder["videos"]);
        foreach (var name in new[] { "ant", "bee" })
        {
            Directory.CreateDirectory(Path.Combine(_folder["videos"], name));
            File.WriteAllText(Path.Combine(_folder["videos"], name, "a.mp4"), "no video");
        }

        var run = await KnnAsync(_folder["videos"], "--split");

        Assert.Equal(
            (
                ExitCode.BadInput,
                "tacit: the videos are not divided into train and test (they are not divided at all); divide them, or cross-validate\n"
            ),
            (run.Code, run.Error)
        );
    }

    [Theory]
    [InlineData("--folds")]
    [InlineData("--repeats")]
    public async Task A_division_and_folds_exclude_each_other(string option)
    {
        var run = await KnnAsync(_folder["videos"], "--split", option, "3");

        Assert.Equal(
            (ExitCode.Usage, $"tacit: --split tests the part \"test\" once; it does not go with {option}\n"),
            (run.Code, run.Error)
        );
    }

    private Task<CommandRun> KnnAsync(string data, params string[] more) =>
        CommandRun.OfAsync(["knn", _folder["encoder.onnx"], data, .. more]);

    private static string? Text(CommandRun run, string name) => run.Json.GetProperty(name).GetString();

    private static double Number(CommandRun run, string name) => run.Json.GetProperty(name).GetDouble();
}
