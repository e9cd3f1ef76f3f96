namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>The source of a network; creates the exceptions for its errors.</summary>
/// <param name="Path">The path of the file, or null when it is unknown.</param>
internal sealed record OnnxSource(string? Path)
{
    /// <summary>Gets or sets the version of the standard ONNX operator set. Null until it has been read.</summary>
    public long? Opset { get; set; }

    private string Prefix => Path is null ? "" : $"{Path}: ";

    /// <summary>Creates the exception for a damaged file.</summary>
    public InvalidFileException Invalid(string what, long? offset = null, Exception? inner = null) =>
        new(Line(Prefix + what), inner) { Path = Path, Offset = offset };

    /// <summary>Creates the exception for a network that cannot be used.</summary>
    public UnsuitableModelException Unsuitable(string what, string? node = null) => new(Line(Prefix + what)) { Path = Path, Node = node };

    /// <summary>Creates the exception for a node whose operator or form is not supported.</summary>
    public UnsupportedOperatorException Unsupported(Node node, string why) => Unsupported(node.Operator, node.Name, why);

    /// <summary>Creates the exception for an operator or a form that is not supported.</summary>
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
