using Tacit.Graphs;

namespace Tacit.Conformance;

/// <summary>Draws the sizes, attributes and elements of a generated case from one seed.</summary>
public sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Runs a check on the cases of the seeds 0 to count - 1.</summary>
    public static void Cases(Action<Draw> check, int count = 25) =>
        Enumerable.Range(0, count).ToList().ForEach(seed => check(new Draw(seed)));

    public long Long(int least, int greatest) => _random.Next(least, greatest + 1);

    public int Int(int least, int greatest) => _random.Next(least, greatest + 1);

    public bool Bool() => _random.Next(2) == 0;

    public T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    public float Float(float least, float greatest) => least + (greatest - least) * _random.NextSingle();

    public long[] Longs(int count, int least, int greatest) => [.. Enumerable.Range(0, count).Select(_ => Long(least, greatest))];

    /// <summary>Draws numbers around zero.</summary>
    public TensorData Floats(params long[] sizes) => Floats(-2, 2, sizes);

    public TensorData Floats(float least, float greatest, long[] sizes) =>
        TensorData
            .Of<float>([.. Enumerable.Range(0, (int)Product(sizes)).Select(_ => Float(least, greatest))], sizes.AsSpan())
            .Reshape(sizes);

    public TensorData Bytes(params long[] sizes) =>
        TensorData
            .Of<byte>([.. Enumerable.Range(0, (int)Product(sizes)).Select(_ => (byte)_random.Next(256))], sizes.AsSpan())
            .Reshape(sizes);

    public TensorData SignedBytes(params long[] sizes) =>
        TensorData
            .Of<sbyte>([.. Enumerable.Range(0, (int)Product(sizes)).Select(_ => (sbyte)_random.Next(-128, 128))], sizes.AsSpan())
            .Reshape(sizes);

    public TensorData Integers(int least, int greatest, params long[] sizes) =>
        TensorData
            .Of<long>([.. Enumerable.Range(0, (int)Product(sizes)).Select(_ => Long(least, greatest))], sizes.AsSpan())
            .Reshape(sizes);

    public TensorData Booleans(params long[] sizes) =>
        TensorData.Of<bool>([.. Enumerable.Range(0, (int)Product(sizes)).Select(_ => Bool())], sizes.AsSpan()).Reshape(sizes);

    /// <summary>Returns sizes that broadcast to the given ones: some are 1, and leading ones may be omitted.</summary>
    public long[] Thinned(long[] sizes) => [.. sizes.Select(size => Int(0, 3) == 0 ? 1 : size).Skip(Int(0, sizes.Length))];

    /// <summary>Some of the axes 0 to rank - 1, in any order, at least one.</summary>
    public long[] Axes(int rank)
    {
        var axes = Enumerable.Range(0, rank).Select(axis => (long)axis).ToArray();
        _random.Shuffle(axes);
        return axes[..Int(1, rank)];
    }

    /// <summary>All axes in any order.</summary>
    public long[] Order(int rank)
    {
        var axes = Enumerable.Range(0, rank).Select(axis => (long)axis).ToArray();
        _random.Shuffle(axes);
        return axes;
    }

    private static long Product(long[] sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
