namespace Tacit.Graphs.Onnx;

/// <summary>Options for writing ONNX files.</summary>
public sealed record OnnxWriterOptions
{
    /// <summary>The oldest opset that can be written, 17.</summary>
    public const int OldestOpset = 17;

    /// <summary>The newest opset that can be written, 21.</summary>
    public const int NewestOpset = 21;

    /// <summary>
    /// The opset of the file, 17 to 21. Default 17, which most runtimes support. Pools with dilations need 19. 4-bit weights and 16-bit
    /// quantisers need 21.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside the range.</exception>
    public int Opset
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, OldestOpset, nameof(Opset));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, NewestOpset, nameof(Opset));
            field = value;
        }
    } = OldestOpset;

    /// <summary>The version of the file format that was published with the opset: 8 to 10.</summary>
    internal long IrVersion =>
        Opset switch
        {
            17 or 18 => 8,
            19 or 20 => 9,
            _ => 10,
        };
}
