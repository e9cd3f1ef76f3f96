using System.Text;
using CsCheck;
using Tacit.Graphs;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Tests.Video.Sets;

public sealed class VideoListsTests : IDisposable
{
    private static readonly Gen<string> Word = Gen.Char["abcXYZ012_- ,\"'äé動"]
        .Array[1, 8]
        .Select(chars => new string(chars).Trim() is { Length: > 0 } word ? word : "w");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_the_lists_of_ucf_101_with_groups_as_sources()
    {
        Touch("Archery/v_Archery_g08_c01.avi", "YoYo/v_YoYo_g01_c12.avi");
        Write("classInd.txt", "1 Archery\r\n2 YoYo\r\n");
        var train = Write("trainlist01.txt", "Archery/v_Archery_g08_c01.avi 1\r\n\r\n");
        var test = Write("testlist01.txt", "YoYo/v_YoYo_g01_c12.avi\r\n");

        var (both, one) = (VideoSet.Read(_folder.Path), VideoSet.Read(train));

        Assert.Equal((VideoSetKind.Ucf101, VideoSetKind.Ucf101), (both.Kind, one.Kind));
        Assert.Equal(
            [("Archery/v_Archery_g08_c01.avi", "Archery", "Archery/g08", "train"), ("YoYo/v_YoYo_g01_c12.avi", "YoYo", "YoYo/g01", "test")],
            both.Items.Select(Facts)
        );
        Assert.Equal(Facts(both.Items[0]), Facts(Assert.Single(one.Items)));
        Assert.Equal(Facts(both.Items[1]), Facts(Assert.Single(VideoSet.Read(test).Items)));
    }

    [Fact]
    public void Takes_the_paths_of_a_list_from_another_folder()
    {
        Touch("videos/A/v_A_g01_c01.avi");
        var list = Write("lists/trainlist02.txt", "A/v_A_g01_c01.avi 1");

        var options = new VideoSetOptions { Root = _folder.File("videos"), Fold = 2 };

        Assert.Equal("A/v_A_g01_c01.avi", VideoSet.Read(list, options).Items.Single().Name);
        Assert.Equal("A/v_A_g01_c01.avi", VideoSet.Read(_folder.File("lists"), options).Items.Single().Name);
        Refused(list, $"there is no folder /nowhere; give the folder of the videos that {list} lists", new() { Root = "/nowhere" });
        Refused(
            _folder.File("lists"),
            $"{_folder.File("lists")} has neither trainlist01.txt nor testlist01.txt",
            new() { Root = _folder.File("videos") }
        );
    }

    [Fact]
    public void Says_which_line_of_ucf_101_does_not_fit_its_classes()
    {
        Write("classInd.txt", "1 Archery\n2 YoYo\n");

        Refused(Write("trainlist01.txt", "Archery/v_Archery_g08_c01.avi 2"), "{0}, line 1: Archery is not class 2 of classInd.txt");
        Refused(
            Write("trainlist01.txt", "Archery/v_Archery_g08_c01.avi 1\nArchery.avi 1"),
            "{0}, line 2: Archery.avi 1 is not of the form Class/v_Class_g01_c01.avi 3",
            new() { Kind = VideoSetKind.Ucf101 }
        );
        Write("classInd.txt", "1 Archery\n1 YoYo\n");
        Refused(
            _folder.File("trainlist01.txt"),
            $"{_folder.File("classInd.txt")}, line 2: 1 YoYo does not give a class a number of its own",
            new() { Kind = VideoSetKind.Ucf101 }
        );
    }

    [Fact]
    public void Reads_the_lists_of_hmdb_51_and_leaves_out_what_is_in_neither_part()
    {
        Touch(
            "brush_hair/Ep_9_brush_hair_u_nm_np1_ba_goo_0.avi",
            "brush_hair/x_brush_hair_f_cm_np1_ba_med_3.avi",
            "wave/#20 (a) wave.avi",
            "wave/Ep_9_wave_u_nm_np1_fr_med_1.avi"
        );
        var list = Write(
            "brush_hair_test_split1.txt",
            "Ep_9_brush_hair_u_nm_np1_ba_goo_0.avi 1 \nx_brush_hair_f_cm_np1_ba_med_3.avi 2 \nunused.avi 0 \n"
        );
        Write("wave_test_split1.txt", "#20 (a) wave.avi 2 \nEp_9_wave_u_nm_np1_fr_med_1.avi 1 \n");
        Write("wave_test_split2.txt", "other.avi 1 \n");

        var set = VideoSet.Read(_folder.Path);

        Assert.Equal(VideoSetKind.Hmdb51, set.Kind);
        Assert.Equal(
            [
                ("brush_hair/Ep_9_brush_hair_u_nm_np1_ba_goo_0.avi", "brush_hair", "Ep_9", "train"),
                ("brush_hair/x_brush_hair_f_cm_np1_ba_med_3.avi", "brush_hair", "x", "test"),
                ("wave/#20 (a) wave.avi", "wave", null, "test"),
                ("wave/Ep_9_wave_u_nm_np1_fr_med_1.avi", "wave", "Ep_9", "train"),
            ],
            set.Items.Select(Facts)
        );
        Assert.Equal(2, VideoSet.Read(list).Items.Length);
        Refused(
            Write("wave_test_split1.txt", "a.avi 1\nb.avi 3\n"),
            "{0}, line 2: b.avi 3 is not the name of a video followed by 0, 1 or 2"
        );
        Refused(_folder.Path, "{0} has no list named ACTION_test_split3.txt", new() { Fold = 3 });
    }

    [Fact]
    public void Finds_the_clips_of_kinetics_by_id_and_time_wherever_they_lie()
    {
        Touch("train/cooking egg/-abc_000010_000020.mp4", "val/xyz.mkv");
        var list = Write(
            "k.csv",
            "label,youtube_id,time_start,time_end,split,is_cc\n\"cooking egg\",-abc,10,20,train,0\nzumba,xyz,3.0,13.0,validate,0\nzumba,gone,1,11,train,0\n"
        );

        var set = VideoSet.Read(list, new() { AllowMissing = true });

        Assert.Equal((VideoSetKind.Kinetics, 1), (set.Kind, set.Missing));
        Assert.Equal(
            [("train/cooking egg/-abc_000010_000020.mp4", "cooking egg", "-abc", "train"), ("val/xyz.mkv", "zumba", "xyz", "validate")],
            set.Items.Select(Facts)
        );
        Refused(
            list,
            $"{{0}}, line 4: there is no file {_folder.File("gone_000001_000011.mp4")}; give the folder that the list's paths start from, or allow files to be missing"
        );
    }

    [Theory]
    [InlineData("file,split\na.mp4,Train\nb.mp4,TEST\n", VideoSetKind.Csv)]
    [InlineData("youtube_id,time_start,time_end,split\na,0,10,Train\nb,0,10,TEST\n", VideoSetKind.Kinetics)]
    public void Parts_are_in_lower_case_however_a_list_writes_them(string text, VideoSetKind kind)
    {
        Touch("a.mp4", "b.mp4");

        var set = VideoSet.Read(Write("clips.csv", text));

        Assert.Equal(kind, set.Kind);
        Assert.Equal(["train", "test"], set.Items.Select(item => item.Split));
    }

    [Fact]
    public void Says_which_line_of_kinetics_has_no_time() =>
        Refused(Write("k.csv", "youtube_id,time_start,time_end\nabc,x,20\n"), "{0}, line 2: time_start is x, not a number of seconds");

    [Fact]
    public void Reads_a_plain_list_with_spaces_in_paths_and_labels_behind_them()
    {
        Touch("a b.mp4", "c.mp4", "d/e.avi");
        var list = Write("list.txt", $"  a b.mp4\nc.mp4 7\n\n{_folder.File("d/e.avi")}\trun\n");

        var set = VideoSet.Read(list);

        Assert.Equal(VideoSetKind.List, set.Kind);
        Assert.Equal([("a b.mp4", null), ("c.mp4", "7"), ("d/e.avi", "run")], set.Items.Select(item => (item.Name, item.Label)));
    }

    [Fact]
    public void A_path_outside_the_root_is_its_own_name()
    {
        Touch("out/a.mp4", "in/b.mp4");
        var list = Write("in/list.txt", "../out/a.mp4\n./b.mp4\n");

        Assert.Equal([_folder.File("out/a.mp4"), "b.mp4"], VideoSet.Read(list).Items.Select(item => item.Name));
    }

    [Theory]
    [InlineData("file,label\na.mp4\n", "line 2: there are 1 fields where the heading has 2")]
    [InlineData("file,label\n\n,x\n", "line 3: the column file is empty")]
    [InlineData("file,label\n\"a.mp4,x\n", "line 2: a quote is opened and never closed")]
    [InlineData("file,label\n\"a\nb\"c,x\n", "line 3: there is c after a closing quote; double a quote within a field")]
    [InlineData("file,label\na\0,x\n", "line 2: contains a zero byte; this is not a list")]
    public void Says_which_line_of_a_table_cannot_be_read(string text, string message) => Refused(Write("t.csv", text), "{0}, " + message);

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    [InlineData("file,label\n")]
    public void Says_that_a_list_is_empty(string text) => Refused(Write("t.csv", text), "{0} lists no videos");

    [Theory]
    [InlineData("file;label\na.mp4;x y\n", VideoSetKind.Csv)]
    [InlineData("label\tfile\nx y\ta.mp4\n", VideoSetKind.Csv)]
    [InlineData("a.mp4,x y\n", VideoSetKind.List)]
    [InlineData("a.mp4;x y\n", VideoSetKind.List)]
    [InlineData("a.mp4\tx y\n", VideoSetKind.List)]
    [InlineData("\"a.mp4\", \"x y\"\n", VideoSetKind.List)]
    public void Reads_the_lists_of_other_programs(string text, VideoSetKind kind)
    {
        Touch("a.mp4");

        var set = VideoSet.Read(Write("list.csv", text));

        Assert.Equal((kind, "a.mp4", "x y"), (set.Kind, set.Items.Single().Name, set.Items.Single().Label));
    }

    [Theory]
    [InlineData(
        "a.mp4,1,2\n",
        "line 1: there are 3 fields and no heading that names them; begin the list with a line such as file,label,split"
    )]
    [InlineData(
        "name;class\na;b\n",
        "line 1: name;class is neither a video nor a heading; name the column of the paths file, path or video"
    )]
    public void Says_what_a_list_without_a_heading_lacks(string text, string message)
    {
        Touch("a.mp4");

        Refused(Write("list.csv", text), $"{{0}}, {message}");
    }

    [Fact]
    public void A_file_that_is_no_text_is_a_video()
    {
        var path = _folder.Write("a.gif", [.. "GIF89a"u8, 0, 0]);

        Assert.Equal((VideoSetKind.Folder, "a.gif"), (VideoSet.Read(path).Kind, VideoSet.Read(path).Items.Single().Name));
    }

    [Fact]
    public void Says_that_a_list_is_no_text()
    {
        _folder.Write("t.csv", [0xff, 0x80, 0x81]);

        Refused(_folder.File("t.csv"), "{0} is not UTF-8 text, as a list of videos must be");
    }

    [Fact]
    public void Says_that_a_list_is_a_folder() =>
        Refused(_folder.Path, "{0} is a folder; give the file that lists its videos", new() { Kind = VideoSetKind.Kinetics });

    [Fact]
    public void Says_where_a_video_is_listed_twice()
    {
        Touch("a.mp4", "b.mp4");

        Refused(Write("list.txt", "a.mp4\nb.mp4\n./a.mp4\n"), "{0}, line 3: ./a.mp4 is listed twice; it is on line 1 already");
    }

    [Fact]
    public void Says_how_many_files_are_missing()
    {
        Touch("a.mp4");

        Refused(
            Write("list.txt", "x.mp4\na.mp4\ny.mp4\n"),
            $"{{0}}, line 1: there is no file {_folder.File("x.mp4")} (and 1 of 3 others are missing); give the folder that the list's paths start from, or allow files to be missing"
        );
    }

    [Fact]
    public void Tables_give_back_what_was_written_whatever_its_quotes() =>
        Gen.Select(Word.Array[1, 6], Word, Gen.Bool, Gen.Bool)
            .Sample(
                (names, label, quoteAll, windows) =>
                {
                    using var folder = new TemporaryFolder();
                    var files = names.Select((name, index) => $"{index}{name}.mp4").ToList();
                    files.ForEach(file => folder.Write(file, [1]));
                    var rows = files.Select((file, index) => string.Join(',', Field(label), Field($"s\n{index}"), Field(file), ""));
                    folder.Write(
                        "clips.csv",
                        Encoding.UTF8.GetBytes(
                            "Label,SOURCE,file,split" + string.Concat(rows.Select(row => (windows ? "\r\n" : "\n") + row))
                        )
                    );

                    var set = VideoSet.Read(folder.Path);

                    Assert.Equal(
                        files
                            .Select((file, index) => (file, label, $"s\n{index}", (string?)null))
                            .OrderBy(row => row.file, StringComparer.Ordinal),
                        set.Items.Select(item => (item.Name, item.Label!, item.Source!, item.Split))
                    );

                    string Field(string value) =>
                        quoteAll || value.AsSpan().IndexOfAny(",\"\n") >= 0
                            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                            : value;
                },
                iter: 200
            );

    [Fact]
    public void Any_text_is_a_list_or_refused_with_one_line() =>
        Gen.Select(
                Gen.Char["ab,\"\n\r \t./0g_\u0001é"].Array[0, 60],
                Gen.Enum<VideoSetKind>(),
                Gen.Int[0, 3].Select(index => new[] { "x.csv", "trainlist01.txt", "wave_test_split1.txt", "l.txt" }[index])
            )
            .Sample(
                (chars, kind, name) =>
                {
                    using var folder = new TemporaryFolder();
                    folder.Write(name, Encoding.UTF8.GetBytes(chars));
                    try
                    {
                        VideoSet.Read(folder.File(name), new() { Kind = kind });
                    }
                    catch (InvalidDatasetException exception)
                    {
                        Assert.NotEmpty(exception.Message);
                    }
                },
                iter: 500
            );

    private static (string Name, string? Label, string? Source, string? Split) Facts(VideoItem item) =>
        (item.Name, item.Label, item.Source, item.Split);

    // {0} is replaced by the path.
    private static void Refused(string path, string message, VideoSetOptions? options = null) =>
        Assert.Equal(
            message.Replace("{0}", path, StringComparison.Ordinal),
            Assert.Throws<InvalidDatasetException>(() => VideoSet.Read(path, options)).Message
        );

    private string Write(string name, string text) => _folder.Write(name, Encoding.UTF8.GetBytes(text));

    private void Touch(params string[] names) => Array.ForEach(names, name => _folder.Write(name, [1]));
}
