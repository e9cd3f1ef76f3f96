using System.Collections.Immutable;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Stores integers of 2 to 7 bits without unused bits, together with the nodes that unpack them.</summary>
/// <remarks>
/// <para>
/// ONNX has no integers of 3, 5, 6 or 7 bits. The stored numbers u therefore lie in planes: plane p holds bit p of every number, eight
/// numbers to a byte. Operators of opset 13 unpack them:
/// </para>
/// <list type="number">
/// <item>Gather: a table of (256, 8) turns each byte into its eight bits.</item>
/// <item>MatMul: the planes are multiplied by the powers of two and summed, which gives u.</item>
/// <item>Slice and Reshape: the padding of the last byte is cut off, and u gets the shape of the weights.</item>
/// <item>Add and Mul: q = (u + offset) · factor, with an offset and a factor for each channel.</item>
/// </list>
/// <para>Runtimes evaluate these nodes once, when they load the file. The network is as fast as with unpacked integers.</para>
/// </remarks>
internal sealed class PackedIntegers
{
    private const string TableName = "bits_of_byte";

    /// <summary>The approximate size of the nodes and names that unpack a layer, in bytes.</summary>
    private const long NodeBytes = 900;

    private readonly ImmutableArray<long> _sizes;
    private readonly int _bits;
    private readonly TensorData _planes; // (bits, ceil(count / 8)), UInt8
    private readonly TensorData _offset;
    private readonly TensorData _factor;

    private PackedIntegers(TensorData planes, int bits, ImmutableArray<long> sizes, TensorData offset, TensorData factor) =>
        (_planes, _bits, _sizes, _offset, _factor) = (planes, bits, sizes, offset, factor);

    /// <summary>Returns whether packing makes the file smaller. Small layers lose more to the unpacking nodes than they gain.</summary>
    /// <param name="count">The number of weights.</param>
    /// <param name="bits">The bits of each, 2 to 8. 8 bits are never packed.</param>
    public static bool Pays(long count, int bits) => bits < 8 && Bytes(count, bits) < count;

    /// <summary>
    /// Estimates the bytes of packed numbers in a file: bits · ceil(count / 8), and about 900 for the nodes that unpack them.
    /// </summary>
    public static long Bytes(long count, int bits) => (count + 7) / 8 * bits + NodeBytes;

    /// <summary>Packs numbers into bit planes.</summary>
    /// <param name="stored">The numbers u, 0 to 2^bits - 1.</param>
    /// <param name="bits">The bits of each number, 2 to 7.</param>
    /// <param name="sizes">The shape of the tensor of numbers.</param>
    /// <param name="offset">The offset that is added to u, Int8, in a shape that broadcasts over the tensor.</param>
    /// <param name="factor">The factor that multiplies the sum, Int8, in a shape that broadcasts over the tensor.</param>
    public static PackedIntegers Of(ReadOnlySpan<sbyte> stored, int bits, ImmutableArray<long> sizes, TensorData offset, TensorData factor)
    {
        var length = (stored.Length + 7) / 8;
        var planes = new byte[bits * length];
        for (var i = 0; i < stored.Length; i++)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                planes[bit * length + i / 8] |= (byte)(((stored[i] >> bit) & 1) << (i % 8));
            }
        }

        return new PackedIntegers(TensorData.Of<byte>(planes, bits, length), bits, sizes, offset, factor);
    }

    /// <summary>Adds the nodes that unpack the integers.</summary>
    /// <param name="builder">The network that receives the nodes. The table of bits is added once for all layers.</param>
    /// <param name="weight">The name of the initializer that holds the planes, UInt8 (bits, ceil(count / 8)).</param>
    /// <returns>The name of the integers q, Int8.</returns>
    public string Unpack(GraphBuilder builder, string weight)
    {
        var count = _sizes.Aggregate(1L, (a, b) => a * b);
        var padded = _planes.Sizes[1] * 8;
        var layer = builder.Unique("u"); // short: a dozen names start with it
        var index = Cast(builder.Initializer(weight, _planes), ElementType.Int32, "index"); // (bits, bytes)
        var ones = Cast(Add("Gather", [Table(builder), index], "ones"), ElementType.Float32, "float"); // (bits, bytes, 8)
        var rows = Reshape(ones, "rows", _bits, padded);
        var sum = Add("MatMul", [Initializer("powers", Powers()), rows], "sum"); // (1, padded)
        if (padded > count)
        {
            sum = Add("Slice", [sum, Sizes("start", 0), Sizes("end", count), Sizes("axis", 1)], "cut");
        }

        var stored = Cast(Reshape(sum, "u", [.. _sizes]), ElementType.Int32, "int");
        var moved = Add("Add", [stored, Cast(Initializer("offset", _offset), ElementType.Int32, "by")], "moved");
        var spread = Add("Mul", [moved, Cast(Initializer("factor", _factor), ElementType.Int32, "times")], "spread");
        return Cast(spread, ElementType.Int8, "q");

        string Initializer(string name, TensorData data) => builder.Initializer($"{layer}.{name}", data, WeightRole.Constant);

        string Sizes(string name, params ReadOnlySpan<long> sizes) => builder.Constant($"{layer}.{name}", sizes);

        string Add(string @operator, ReadOnlySpan<string> inputs, string name) => builder.Add(@operator, inputs, name: $"{layer}.{name}");

        string Cast(string value, ElementType to, string name) =>
            builder.Add("Cast", [value], Attributes.None.With("to", (long)to), $"{layer}.{name}");

        string Reshape(string value, string name, params ReadOnlySpan<long> sizes) =>
            Add("Reshape", [value, Sizes(name + ".to", sizes)], name);
    }

    /// <summary>Adds the table (256, 8) with the bits of each byte, lowest first, unless another layer has added it.</summary>
    private static string Table(GraphBuilder builder)
    {
        if (builder.HasInitializer(TableName))
        {
            return TableName;
        }

        var bits = new byte[256 * 8];
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = (byte)((i / 8 >> (i % 8)) & 1);
        }

        return builder.Initializer(TableName, TensorData.Of<byte>(bits, 256, 8), WeightRole.Constant);
    }

    /// <summary>Returns the factors (1, bits) of the planes: 1, 2, 4, ...</summary>
    private TensorData Powers() => TensorData.Of<float>([.. Enumerable.Range(0, _bits).Select(bit => (float)(1 << bit))], 1, _bits);
}
