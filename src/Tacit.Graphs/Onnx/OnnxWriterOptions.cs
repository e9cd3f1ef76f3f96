namespace Tacit.Graphs.Onnx;

/// <summary>How a network is written as ONNX.</summary>
public sealed record OnnxWriterOptions
{
    /// <summary>The oldest opset that can be written.</summary>
    public const int OldestOpset = 17;

    /// <summary>The newest opset that can be written.</summary>
    public const int NewestOpset = 21;

    /// <summary>The version of the operators, 17 to 21. 17 by default, which the most runtimes read; 4-bit weights need 21.</summary>
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

    /// <summary>The version of the file format that came with the opset.</summary>
    internal long IrVersion =>
        Opset switch
        {
            17 or 18 => 8,
            19 or 20 => 9,
            _ => 10,
        };
}
