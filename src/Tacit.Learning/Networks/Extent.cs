namespace Tacit.Learning.Networks;

/// <summary>A kernel, stride or pad along the spatial axes. Layers on images ignore the frames.</summary>
/// <param name="Frames">The size along the time axis.</param>
/// <param name="Height">The size along the height.</param>
/// <param name="Width">The size along the width.</param>
internal readonly record struct Extent(int Frames, int Height, int Width)
{
    /// <summary>Converts a number to an extent with this size along every axis.</summary>
    public static implicit operator Extent(int size) => new(size, size, size);

    /// <summary>Converts three sizes to an extent.</summary>
    public static implicit operator Extent((int Frames, int Height, int Width) sizes) => new(sizes.Frames, sizes.Height, sizes.Width);

    /// <summary>Half of each size, rounded down: the pads with which an odd kernel of stride 1 keeps the size of its input.</summary>
    public Extent Half => new(Frames / 2, Height / 2, Width / 2);

    /// <summary>Returns the sizes along the last axes: (height, width) for 2, (frames, height, width) for 3.</summary>
    /// <param name="axes">The number of spatial axes, 1 to 3.</param>
    public long[] Along(int axes)
    {
        long[] sizes = [Frames, Height, Width];
        return sizes[^axes..];
    }
}
