using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Training;

/// <summary>Moves tensors between TorchSharp and <see cref="TensorData"/>, bit for bit.</summary>
public static class TensorStorage
{
    /// <summary>A copy of the tensor's elements, from any device.</summary>
    /// <exception cref="ArgumentException">The tensor's type has no counterpart, such as complex numbers.</exception>
    public static TensorData ToTensorData(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        var local = tensor.detach().cpu().contiguous();
        return new TensorData(ElementOf(tensor.dtype), tensor.shape, local.numel() == 0 ? [] : local.bytes.ToArray());
    }

    /// <summary>A fresh tensor of the same elements.</summary>
    /// <exception cref="ArgumentException">TorchSharp has no such type.</exception>
    public static Tensor ToTensor(this TensorData data, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        var local = empty([.. data.Sizes], TypeOf(data.Element));
        if (data.Count > 0)
        {
            data.Bytes.CopyTo(local.bytes);
        }

        if (device is null || device.type == DeviceType.CPU)
        {
            return local;
        }

        using (local)
        {
            return local.to(device);
        }
    }

    /// <summary>Overwrites the elements of a tensor, which may be on another device and may require a gradient.</summary>
    /// <exception cref="ArgumentException">The type or shape differs.</exception>
    public static void CopyTo(this TensorData data, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(target);
        if (TypeOf(data.Element) != target.dtype || !data.Sizes.AsSpan().SequenceEqual(target.shape))
        {
            throw new ArgumentException($"a {data} cannot overwrite a {target.dtype} {Shape.Of(target.shape)}", nameof(data));
        }

        using var noGradient = no_grad();
        using var source = data.ToTensor();
        target.copy_(source);
    }

    private static ElementType ElementOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.Float64 => ElementType.Float64,
        ScalarType.Float16 => ElementType.Float16,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Int64 => ElementType.Int64,
        ScalarType.Int32 => ElementType.Int32,
        ScalarType.Int16 => ElementType.Int16,
        ScalarType.Int8 => ElementType.Int8,
        ScalarType.Byte => ElementType.UInt8,
        ScalarType.Bool => ElementType.Boolean,
        _ => throw new ArgumentException($"no element type holds {type}", nameof(type)),
    };

    private static ScalarType TypeOf(ElementType type) => type switch
    {
        ElementType.Float32 => ScalarType.Float32,
        ElementType.Float64 => ScalarType.Float64,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.UInt8 => ScalarType.Byte,
        ElementType.Boolean => ScalarType.Bool,
        _ => throw new ArgumentException($"TorchSharp has no tensors of {type}", nameof(type)),
    };
}
