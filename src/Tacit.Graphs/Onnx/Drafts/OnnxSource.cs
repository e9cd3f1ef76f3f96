namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>The source of a network: its path and opset. It creates the exceptions for its errors.</summary>
/// <remarks>
/// Messages have one line of at most 2,000 characters. Control characters are replaced, because names come from the file and could
/// otherwise forge lines in a terminal or log.
/// </remarks>
/// <param name="Path">The path of the file; null if the network was read from bytes.</param>
internal sealed record OnnxSource(string? Path)
{
    /// <summary>The opset of ONNX's own operators; null until it has been read.</summary>
    public long? Opset { get; set; }

    private string Prefix => Path is null ? "" : $"{Path}: ";

    /// <summary>Creates the exception for a damaged or contradictory file.</summary>
    /// <param name="what">What is wrong, without the path.</param>
    /// <param name="offset">The position in the file in bytes; null if it is unknown.</param>
    /// <param name="inner">The cause, or null.</param>
    public InvalidFileException Invalid(string what, long? offset = null, Exception? inner = null) =>
        new(Line(Prefix + what), inner) { Path = Path, Offset = offset };

    /// <summary>Creates the exception for a network that cannot be used.</summary>
    public UnsuitableModelException Unsuitable(string what, string? node = null) => new(Line(Prefix + what)) { Path = Path, Node = node };

    /// <summary>Creates the exception for a node whose operator or form is not supported.</summary>
    /// <param name="node">The node.</param>
    /// <param name="why">The reason. The message states operator, node and opset before it.</param>
    public UnsupportedOperatorException Unsupported(Node node, string why) => Unsupported(node.Operator, node.Name, why);

    /// <summary>Creates the exception for an operator or a form that is not supported.</summary>
    /// <param name="operator">The operator.</param>
    /// <param name="node">The name of the node.</param>
    /// <param name="why">The reason. The message states operator, node and opset before it.</param>
    public UnsupportedOperatorException Unsupported(string @operator, string node, string why) =>
        new(Line($"{Prefix}{@operator} {node} (opset {Opset}): {why}"))
        {
            Path = Path,
            Operator = @operator,
            Node = node,
            Opset = Opset,
        };

    // Names come from the file and may contain any characters.
    private static string Line(string text) => OneLine.Of(text, 2000);
}
