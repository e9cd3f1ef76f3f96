namespace Tacit.Graphs.Onnx.Drafts;

/// <summary>Where a network is read from; it words what is wrong with it.</summary>
internal sealed record OnnxSource(string? Path)
{
    /// <summary>The version of ONNX's own operators, once it is known.</summary>
    public long? Opset { get; set; }

    private string Prefix => Path is null ? "" : $"{Path}: ";

    public InvalidFileException Invalid(string what, long? offset = null, Exception? inner = null) =>
        new(OneLine(Prefix + what), inner) { Path = Path, Offset = offset };

    public UnsuitableModelException Unsuitable(string what, string? node = null) =>
        new(OneLine(Prefix + what)) { Path = Path, Node = node };

    public UnsupportedOperatorException Unsupported(Node node, string why) => Unsupported(node.Operator, node.Name, why);

    public UnsupportedOperatorException Unsupported(string @operator, string node, string why) =>
        new(OneLine($"{Prefix}{@operator} {node} (opset {Opset}): {why}"))
        {
            Path = Path,
            Operator = @operator,
            Node = node,
            Opset = Opset,
        };

    // Names come from the file and may hold anything.
    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
        return line.Length > 2000 ? line[..2000] + "…" : line;
    }
}
