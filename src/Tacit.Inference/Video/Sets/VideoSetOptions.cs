namespace Tacit.Inference.Video.Sets;

/// <summary>The forms in which a set of videos can be given.</summary>
public enum VideoSetKind
{
    /// <summary>The form is detected from the files at the path.</summary>
    Auto,

    /// <summary>A folder of videos at any depth, without labels; or a single video.</summary>
    Folder,

    /// <summary>
    /// A folder with one subfolder for each class. The folders "train", "val", "validation" and "test" may lie above the
    /// classes and are the parts of the set.
    /// </summary>
    ClassFolders,

    /// <summary>A text file with one path per line, each optionally followed by white space and a label.</summary>
    List,

    /// <summary>A list of UCF-101 such as trainlist01.txt ("Class/v_Class_g01_c01.avi 3"), or the folder of its lists.</summary>
    Ucf101,

    /// <summary>A list of HMDB-51 such as wave_test_split1.txt ("name.avi 1"), or the folder of its lists.</summary>
    Hmdb51,

    /// <summary>A CSV file of Kinetics with the columns label, youtube_id, time_start, time_end and split.</summary>
    Kinetics,

    /// <summary>
    /// A CSV file with a heading: the column file, and optionally label, source and split; or a folder that contains such a
    /// file as clips.csv.
    /// </summary>
    Csv,
}

/// <summary>Specifies how a set of videos is read.</summary>
public sealed record VideoSetOptions
{
    /// <summary>The form of the set. Default <see cref="VideoSetKind.Auto"/>: the form is detected.</summary>
    public VideoSetKind Kind
    {
        get;
        init => field = Require.Defined(value);
    } = VideoSetKind.Auto;

    /// <summary>The folder that paths in a list are relative to. Default null: the folder of the list.</summary>
    public string? Root { get; init; }

    /// <summary>
    /// The division into training and test, 1 to 3, that is read from a folder of lists of UCF-101 or HMDB-51. Default 1.
    /// </summary>
    public int Fold
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>
    /// Whether listed videos that do not exist are left out, as is common for sets collected from the web. Default false: they
    /// are rejected.
    /// </summary>
    public bool AllowMissing { get; init; }
}
