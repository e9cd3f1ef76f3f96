using Google.Protobuf;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Tensors on their way to a file.</summary>
internal static class TensorForm
{
    public static TensorProto ToProto(TensorData tensor, string name)
    {
        var proto = new TensorProto { DataType = (int)tensor.Element, RawData = UnsafeByteOperations.UnsafeWrap(tensor.Memory) };
        if (name.Length > 0)
        {
            proto.Name = name;
        }

        proto.Dims.AddRange(tensor.Sizes);
        return proto;
    }
}
