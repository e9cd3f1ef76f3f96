namespace Tacit.Inference.Video;

/// <summary>The forms in which a set of videos is given.</summary>
public enum VideoSetKind
{
    /// <summary>Told from what lies at the path.</summary>
    Auto,

    /// <summary>A folder of videos at any depth, without labels.</summary>
    Folder,

    /// <summary>A folder whose folders are the classes; folders "train", "val", "validation" and "test" above them are parts.</summary>
    ClassFolders,

    /// <summary>A text file: a path a line, and a label after white space where there is one.</summary>
    List,

    /// <summary>A list of UCF-101 such as trainlist01.txt ("Class/v_Class_g01_c01.avi 3"), or the folder of these lists.</summary>
    Ucf101,

    /// <summary>A list of HMDB-51 such as wave_test_split1.txt ("name.avi 1"), or the folder of these lists.</summary>
    Hmdb51,

    /// <summary>A CSV file of Kinetics: label, youtube_id, time_start, time_end, split.</summary>
    Kinetics,

    /// <summary>A CSV file with a heading: file, and label, source and split where they are known; or a folder that holds it as clips.csv.</summary>
    Csv,
}

/// <summary>How a set of videos is read.</summary>
public sealed record VideoSetOptions
{
    /// <summary>The form. Default: told from what lies at the path.</summary>
    public VideoSetKind Kind
    {
        get;
        init => field = Require.Defined(value);
    } = VideoSetKind.Auto;

    /// <summary>The folder that paths in a list start from. Default: the folder of the list.</summary>
    public string? Root { get; init; }

    /// <summary>Which of the three divisions into training and test is read from a folder of lists of UCF-101 or HMDB-51. Default 1.</summary>
    public int Fold
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>Whether listed videos that are not there are left out, as with sets from the web, instead of refused. Default false.</summary>
    public bool AllowMissing { get; init; }
}
