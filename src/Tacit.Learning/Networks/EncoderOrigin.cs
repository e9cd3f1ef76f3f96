namespace Tacit.Learning.Networks;

/// <summary>What the metadata of an encoder say of where it comes from.</summary>
public static class EncoderOrigin
{
    /// <summary>The property that holds the name of the encoder's network, such as "r3d-18".</summary>
    public const string BackboneKey = "tacit.encoder.backbone";

    /// <summary>The property that says how the encoder was pretrained, such as "ascnet"; "none" where it has random weights.</summary>
    public const string MethodKey = "tacit.encoder.method";
}
