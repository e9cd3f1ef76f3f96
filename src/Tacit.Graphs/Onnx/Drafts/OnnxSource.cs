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
        new(OneLine(Prefix + what), inner) { Path = Path, Offset = offset };

    /// <summary>Creates the exception for a valid network that cannot be used.</summary>
    /// <param name="what">What is wrong, without the path.</param>
    /// <param name="node">The name of the node or value concerned, or null.</param>
    public UnsuitableModelException Unsuitable(string what, string? node = null) =>
        new(OneLine(Prefix + what)) { Path = Path, Node = node };

    /// <summary>Creates the exception for a node whose operator or form is not supported.</summary>
    /// <param name="node">The node.</param>
    /// <param name="why">The reason. The message states operator, node and opset before it.</param>
    public UnsupportedOperatorException Unsupported(Node node, string why) => Unsupported(node.Operator, node.Name, why);

    /// <summary>Creates the exception for an operator or a form that is not supported.</summary>
    /// <param name="operator">The operator.</param>
    /// <param name="node">The name of the node.</param>
    /// <param name="why">The reason. The message states operator, node and opset before it.</param>
    public UnsupportedOperatorException Unsupported(string @operator, string node, string why) =>
        new(OneLine($"{Prefix}{@operator} {node} (opset {Opset}): {why}"))
        {
            Path = Path,
            Operator = @operator,
            Node = node,
            Opset = Opset,
        };

    /// <summary>
    /// Replaces control characters by "?" and cuts the text to 2,000 characters. Names from the file may contain anything.
    /// </summary>
    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
        return line.Length > 2000 ? line[..2000] + "…" : line;
    }
}
