namespace Tacit.Learning.Networks;

/// <summary>What a video network's trunk is built to.</summary>
/// <param name="Name">The name of the network.</param>
/// <param name="Frames">The frames of a clip.</param>
/// <param name="Size">Their height and width in pixels.</param>
/// <param name="Width">What every number of channels is multiplied by.</param>
/// <param name="Seed">The seed of the weights.</param>
internal sealed record VideoForm(string Name, int Frames, int Size, double Width, ulong Seed)
{
    private const int Multiple = 8;

    /// <summary>A number of channels at this width: at width 1 as it is, else the nearest multiple of 8 but no less than 8.</summary>
    public int Channels(int full) =>
        Width == 1 ? full : Math.Max(Multiple, Multiple * (int)Math.Round(full * Width / Multiple, MidpointRounding.AwayFromZero));
}
