using Tacit.Graphs;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Tests.Video.Sets;

public sealed class VideoSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Takes_videos_at_any_depth_in_ordinal_order_and_passes_over_the_rest()
    {
        Touch("b.mp4", "B.AVI", "a/2.webm", "a/10.mkv", "notes.txt", ".hidden.mp4", ".git/x.mp4", "a/list.csv");

        var set = VideoSet.Read(_folder.Path);

        Assert.Equal(VideoSetKind.Folder, set.Kind);
        Assert.Equal(["B.AVI", "a/10.mkv", "a/2.webm", "b.mp4"], set.Items.Select(item => item.Name));
        Assert.All(set.Items, item => Assert.Equal((_folder.File(item.Name), null), (item.Path, item.Label)));
    }

    [Fact]
    public void Takes_folders_for_classes_where_every_video_lies_in_one()
    {
        Touch("run/1.mp4", "jump/deep/2.mp4");

        var set = VideoSet.Read(_folder.Path);

        Assert.Equal(VideoSetKind.ClassFolders, set.Kind);
        Assert.Equal([("jump/deep/2.mp4", "jump"), ("run/1.mp4", "run")], set.Items.Select(item => (item.Name, item.Label!)));
        Assert.Equal(["jump", "run"], set.Classes);
        Assert.Empty(VideoSet.Read(_folder.Path, new() { Kind = VideoSetKind.Folder }).Classes);
    }

    [Fact]
    public void Tells_parts_above_classes()
    {
        Touch("train/run/1.mp4", "test/run/2.mp4", "test/jump/3.mp4");

        Assert.Equal(
            [("jump", "test"), ("run", "test"), ("run", "train")],
            VideoSet.Read(_folder.Path).Items.Select(item => (item.Label!, item.Split!))
        );
    }

    [Fact]
    public void Knows_the_groups_of_ucf_101_in_its_folders()
    {
        Touch("Archery/v_Archery_g07_c01.avi", "Archery/other.avi");

        Assert.Equal([null, "Archery/g07"], VideoSet.Read(_folder.Path).Items.Select(item => item.Source));
    }

    [Theory]
    [InlineData("a b.mp4")]
    [InlineData("it's \"quoted\".mp4")]
    [InlineData("-leading.mp4")]
    [InlineData("two\nlines.mp4")]
    [InlineData("äöü 動画.mp4")]
    [InlineData("%d{x}*?.mp4")]
    public void Takes_any_name(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has fewer names");
        Touch(name);

        Assert.Equal((name, _folder.File(name)), VideoSet.Read(_folder.Path).Items.Select(item => (item.Name, item.Path)).Single());
    }

    [Fact]
    public void Follows_links_once_and_survives_circles()
    {
        Touch("set/real/1.mp4", "outside/2.mp4");
        Directory.CreateSymbolicLink(_folder.File("set/real/up"), _folder.File("set"));
        Directory.CreateSymbolicLink(_folder.File("set/a-link-to-real"), _folder.File("set/real"));
        Directory.CreateSymbolicLink(_folder.File("set/self"), _folder.File("set/self"));
        Directory.CreateSymbolicLink(_folder.File("set/zz"), _folder.File("outside"));
        File.CreateSymbolicLink(_folder.File("set/again.mp4"), _folder.File("set/real/1.mp4"));
        File.CreateSymbolicLink(_folder.File("set/b.mp4"), _folder.File("outside/2.mp4"));

        Assert.Equal(["real/1.mp4", "zz/2.mp4"], VideoSet.Read(_folder.File("set")).Items.Select(item => item.Name));
    }

    [Fact]
    public void Keeps_a_link_that_leads_nowhere_so_that_a_check_names_it()
    {
        File.CreateSymbolicLink(_folder.File("gone.mp4"), _folder.File("nowhere.mp4"));

        Assert.Equal("gone.mp4", Assert.Single(VideoSet.Read(_folder.Path).Items).Name);
    }

    [Fact]
    public void A_single_video_is_a_set()
    {
        Touch("one.mp4");

        Assert.Equal("one.mp4", Assert.Single(VideoSet.Read(_folder.File("one.mp4")).Items).Name);
    }

    [Fact]
    public void Chooses_some()
    {
        Touch("run/1.mp4", "jump/2.mp4");
        var set = VideoSet.Read(_folder.Path);

        Assert.Equal("run/1.mp4", Assert.Single(set.Choose(item => item.Label == "run").Items).Name);
        Assert.Throws<InvalidDatasetException>(() => set.Choose(_ => false));
    }

    [Fact]
    public void Reads_the_surveillance_clips_through_their_list()
    {
        var list = SharedFiles.FightSurveillance;

        var set = VideoSet.Read(Path.GetDirectoryName(list)!);

        Assert.Equal((VideoSetKind.Csv, 200, 0), (set.Kind, set.Items.Length, set.Missing));
        Assert.Equal((140, 60), (set.Items.Count(item => item.Split == "train"), set.Items.Count(item => item.Split == "test")));
        Assert.Equal(["fight", "noFight"], set.Classes);
        Assert.All(
            set.Items,
            item => Assert.True(item.Source is not null && item.Name.StartsWith(item.Label + "/", StringComparison.Ordinal))
        );
        Assert.Equal(set.Items, VideoSet.Read(list).Items);
    }

    [Fact]
    public void Says_that_there_is_nothing() =>
        Refused("/nowhere/at/all", "/nowhere/at/all does not exist; give a folder of videos or a list of them");

    [Fact]
    public void Says_that_a_folder_has_no_videos()
    {
        Touch("a.txt.bak");

        Refused(_folder.Path, $"{_folder.Path} has no videos (.mp4, .avi, .mkv, .mov, .webm, …)");
        _folder.Write("set/walk/0001.png", []);
        Refused(_folder.Path, $"{_folder.Path} has images but no videos (.mp4, .avi, .mkv, .mov, .webm, …)");
    }

    [Fact]
    public void Says_which_video_lies_outside_of_forced_classes()
    {
        Touch("a/1.mp4", "2.mp4");

        Refused(
            _folder.Path,
            $"{_folder.Path} has 2.mp4 outside the class folders; put it into one of them",
            new() { Kind = VideoSetKind.ClassFolders }
        );
    }

    [Theory]
    [InlineData(1, "0")]
    [InlineData(3, "0 1 3")]
    [InlineData(5, "0 1 2 3 4")]
    [InlineData(9, "0 1 2 3 4")]
    public void Some_are_taken_evenly(int most, string expected)
    {
        var set = new VideoSet("set", Enumerable.Range(0, 5).Select(i => new VideoItem($"{i}", $"{i}.mp4")));

        Assert.Equal(expected, string.Join(' ', set.Evenly(most).Items.Select(item => item.Name)));
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        Touch("a.mp4");

        Assert.ThrowsAny<OperationCanceledException>(() => VideoSet.Read(_folder.Path, null, new CancellationToken(canceled: true)));
    }

    private static void Refused(string path, string message, VideoSetOptions? options = null) =>
        Assert.Equal(message, Assert.Throws<InvalidDatasetException>(() => VideoSet.Read(path, options)).Message);

    private void Touch(params string[] names) => Array.ForEach(names, name => _folder.Write(name, [1]));
}
