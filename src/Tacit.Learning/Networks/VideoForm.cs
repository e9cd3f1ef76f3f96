namespace Tacit.Learning.Networks;

/// <summary>The dimensions for which a video network is built.</summary>
/// <param name="Name">The name of the network.</param>
/// <param name="Frames">The number of frames of a clip, T.</param>
/// <param name="Size">The height and width of the frames in pixels, S.</param>
/// <param name="Width">The factor of all numbers of channels.</param>
/// <param name="Seed">The seed of the weights.</param>
internal sealed record VideoForm(string Name, int Frames, int Size, double Width, ulong Seed)
{
    private const int Multiple = 8;

    /// <summary>Returns a number of channels at this width.</summary>
    /// <param name="full">The number at width 1.</param>
    /// <returns>At width 1, <paramref name="full"/> itself. Otherwise the product, rounded to a multiple of 8, and at least 8.</returns>
    public int Channels(int full) =>
        Width == 1 ? full : Math.Max(Multiple, Multiple * (int)Math.Round(full * Width / Multiple, MidpointRounding.AwayFromZero));
}
