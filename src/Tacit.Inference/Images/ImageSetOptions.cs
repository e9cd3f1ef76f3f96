namespace Tacit.Inference.Images;

/// <summary>How much a set of images may hold before it is refused. Guards against hostile archives and folders.</summary>
public sealed record ImageSetLimits
{
    /// <summary>Files, folders and other entries together. Default 5 million (ImageNet has 1.3 million).</summary>
    public int MaxEntries
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 5_000_000;

    /// <summary>Bytes of one image file, unpacked. Default 128 MiB.</summary>
    public long MaxImageBytes
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 128L << 20;

    /// <summary>Bytes of all entries of an archive, unpacked. Default 1 TiB.</summary>
    public long MaxTotalBytes
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1L << 40;

    /// <summary>
    /// How often larger an entry may be than its packed form, from 1 MiB on. Default 200: image formats are packed already,
    /// and Deflate's own limit is 1,032.
    /// </summary>
    public int MaxRatio
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 200;

    /// <summary>Levels of folders below the root. Default 32.</summary>
    public int MaxDepth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 32;
}

/// <summary>How images are read in batches.</summary>
public sealed record ImageBatchOptions
{
    /// <summary>Images in a batch; the last one may have fewer. Default 32.</summary>
    public int BatchSize
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 32;

    /// <summary>Threads that decode. Default: the number of processors.</summary>
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
