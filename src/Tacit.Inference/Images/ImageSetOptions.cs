namespace Tacit.Inference.Images;

/// <summary>
/// Limits on the contents of a set of images. A set that exceeds one is rejected. The limits protect against hostile archives
/// and folders.
/// </summary>
public sealed record ImageSetLimits
{
    /// <summary>The maximum number of entries (files and folders), at least 1. Default 5 million; ImageNet has 1.3 million.</summary>
    public int MaxEntries
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 5_000_000;

    /// <summary>The maximum size of one image file in bytes, after unpacking. Default 128 MiB.</summary>
    public long MaxImageBytes
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 128L << 20;

    /// <summary>The maximum total size of all entries of an archive in bytes, after unpacking. Default 1 TiB.</summary>
    public long MaxTotalBytes
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1L << 40;

    /// <summary>
    /// The maximum ratio of the unpacked to the packed size of an entry of 1 MiB or more. Default 200: image formats are
    /// compressed already, and Deflate cannot exceed 1,032.
    /// </summary>
    public int MaxRatio
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 200;

    /// <summary>The maximum depth of folders below the root. Default 32. It applies to folders on disk.</summary>
    public int MaxDepth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 32;
}

/// <summary>Specifies how images are read in batches.</summary>
public sealed record ImageBatchOptions
{
    /// <summary>The number of images in a batch, at least 1. The last batch may have fewer. Default 32.</summary>
    public int BatchSize
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 32;

    /// <summary>The number of images decoded at a time, at least 1. Default: the number of processors.</summary>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    /// <summary>The share of images, 0 to 1, that may be unreadable before reading fails. Default 0.03.</summary>
    public double MaxUnreadable
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.03;
}
