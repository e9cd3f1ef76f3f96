using Google.Protobuf;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Converts tensors to their protocol-buffer form, TensorProto.</summary>
/// <remarks>
/// All element types are stored as <c>raw_data</c>, which is little endian. 4-bit elements are packed, two in a byte, as in memory.
/// </remarks>
internal static class TensorForm
{
    /// <summary>Converts a tensor. Its bytes are shared, not copied, and are stored as <c>raw_data</c>.</summary>
    /// <param name="tensor">The tensor. It must not change while the result is in use.</param>
    /// <param name="name">The name of the initializer; empty for the value of an attribute.</param>
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
