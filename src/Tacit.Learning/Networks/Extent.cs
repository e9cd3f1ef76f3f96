namespace Tacit.Learning.Networks;

/// <summary>A kernel, stride or pad along the spatial axes: frames, height, width. Layers on images use the last two.</summary>
internal readonly record struct Extent(int Frames, int Height, int Width)
{
    /// <summary>The same along every axis.</summary>
    public static implicit operator Extent(int size) => new(size, size, size);

    public static implicit operator Extent((int Frames, int Height, int Width) sizes) => new(sizes.Frames, sizes.Height, sizes.Width);

    /// <summary>Half of each, rounded down: the pads with which an odd kernel keeps the size.</summary>
    public Extent Half => new(Frames / 2, Height / 2, Width / 2);

    /// <summary>The sizes along the last so many axes.</summary>
    public long[] Along(int axes)
    {
        long[] sizes = [Frames, Height, Width];
        return sizes[^axes..];
    }
}
