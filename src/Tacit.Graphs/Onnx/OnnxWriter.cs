using System.Reflection;
using Google.Protobuf;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Writes networks as ONNX files.</summary>
/// <remarks>The same network always gives the same bytes: initializers are written in the order of their first use.</remarks>
/// <example>
/// <code>
/// OnnxWriter.Write(model, "quantized.onnx", new OnnxWriterOptions { Opset = 21 });
/// </code>
/// </example>
public static class OnnxWriter
{
    private const string Producer = "tacit";

    /// <summary>
    /// The largest size of all weights. Protocol buffers are limited to 2 GB, of which 64 MB are reserved for the rest of the model.
    /// </summary>
    private const long LargestWeights = int.MaxValue - (64L << 20);

    private static readonly string Version =
        typeof(OnnxWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Writes a file completely or not at all. If writing fails, an existing file stays unchanged.</summary>
    /// <param name="model">The network.</param>
    /// <param name="path">The path of the file to create or replace.</param>
    /// <param name="options">The options; null for the oldest opset that has the network's operators.</param>
    /// <inheritdoc cref="ToBytes" path="/exception"/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Model model, string path, OnnxWriterOptions? options = null)
    {
        var proto = ToProto(model, options ?? Defaults(model));
        AtomicFile.Write(path, proto.WriteTo);
    }

    /// <summary>Returns the bytes of the file.</summary>
    /// <param name="model">The network.</param>
    /// <param name="options">The options; null for the oldest opset that has the network's operators.</param>
    /// <exception cref="UnsupportedOperatorException">A node is a FakeQuantize, or needs a newer opset.</exception>
    /// <exception cref="UnsuitableModelException">A value's element type needs a newer opset, or the weights exceed 2 GB.</exception>
    public static byte[] ToBytes(Model model, OnnxWriterOptions? options = null) =>
        ToProto(model, options ?? Defaults(model)).ToByteArray();

    private static OnnxWriterOptions Defaults(Model model) => new() { Opset = GraphForm.OldestOpset(model.Graph) };

    /// <summary>Returns the file as a protocol buffer. The weights are not copied.</summary>
    /// <inheritdoc cref="ToBytes" path="/exception"/>
    internal static ModelProto ToProto(Model model, OnnxWriterOptions options)
    {
        var bytes = model.Weights.Where(weight => model.Graph.IsInitializer(weight.Key)).Sum(weight => (long)weight.Value.Bytes.Length);
        if (bytes > LargestWeights)
        {
            throw new UnsuitableModelException($"the weights take {bytes} bytes; an ONNX file holds at most 2 GB");
        }

        var proto = new ModelProto
        {
            IrVersion = options.IrVersion,
            ProducerName = Producer,
            ProducerVersion = Version,
            Graph = new GraphForm(model, options.Opset).ToProto(),
        };
        proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = options.Opset });
        proto.MetadataProps.AddRange(model.Metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        return proto;
    }
}
