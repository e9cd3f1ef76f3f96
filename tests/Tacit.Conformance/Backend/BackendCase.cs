using Google.Protobuf;
using Tacit.Graphs;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Conformance.Backend;

/// <summary>A backend test of the ONNX project: a file with inputs and the outputs that belong to them.</summary>
/// <param name="Group">The folder of the case: node, pytorch-converted, pytorch-operator or simple.</param>
/// <param name="Name">The name of the case, such as "test_add".</param>
/// <param name="Model">The file.</param>
/// <param name="Outside">The rule that puts the case out of scope; null if it is in scope.</param>
internal sealed record BackendCase(string Group, string Name, ModelProto Model, string? Outside)
{
    /// <summary>Where the Debian package libonnx-testdata installs the cases.</summary>
    public const string Root = "/usr/share/libonnx-testdata/data";

    private static readonly string[] Groups = ["node", "pytorch-converted", "pytorch-operator", "simple"];

    /// <summary>Whether the package is installed.</summary>
    public static bool AreInstalled => Directory.Exists(Path.Combine(Root, Groups[0]));

    /// <summary>The inputs of the graph that are not initializers, by name.</summary>
    public IReadOnlyDictionary<string, TensorData> Inputs { get; private init; } = new Dictionary<string, TensorData>();

    /// <summary>The outputs that belong to the inputs, in the order of the graph.</summary>
    public IReadOnlyList<TensorData> Outputs { get; private init; } = [];

    /// <summary>The opset of ONNX's own operators. Files that state none have opset 1.</summary>
    public long Opset => Model.OpsetImport.FirstOrDefault(import => import.Domain.Length == 0)?.Version ?? 1;

    /// <summary>Reads all cases, sorted by group and name. Tensors are read only for cases in scope.</summary>
    public static IEnumerable<BackendCase> All() =>
        from @group in Groups
        from folder in Directory.GetDirectories(Path.Combine(Root, @group)).Order(StringComparer.Ordinal)
        where File.Exists(Path.Combine(folder, "model.onnx"))
        select Read(@group, folder);

    /// <summary>Returns the file with another opset, and nothing else changed.</summary>
    public byte[] InOpset(long opset)
    {
        var model = Model.Clone();
        model.OpsetImport.Single(import => import.Domain.Length == 0).Version = opset;
        return model.ToByteArray();
    }

    private static BackendCase Read(string group, string folder)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        var read = new BackendCase(group, Path.GetFileName(folder), model, BackendScope.Outside(model));
        if (read.Outside is not null)
        {
            return read;
        }

        var initializers = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var names = model.Graph.Input.Select(input => input.Name).Where(name => !initializers.Contains(name));
        return read with
        {
            Inputs = names.Zip(Tensors(folder, "input")).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
            Outputs = [.. Tensors(folder, "output")],
        };
    }

    private static IEnumerable<TensorData> Tensors(string folder, string kind)
    {
        var reader = new TensorReader(new OnnxSource(null));
        for (var i = 0; Path.Combine(folder, "test_data_set_0", $"{kind}_{i}.pb") is var path && File.Exists(path); i++)
        {
            yield return reader.Read(TensorProto.Parser.ParseFrom(File.ReadAllBytes(path)), path);
        }
    }
}
