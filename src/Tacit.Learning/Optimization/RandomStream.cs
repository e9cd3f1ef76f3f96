using System.Numerics;
using System.Text;

namespace Tacit.Learning.Optimization;

/// <summary>A random number generator whose numbers are a pure function of a seed, a purpose, a step and an item.</summary>
/// <remarks>
/// <para>
/// The generator has no state that must be saved. A run that resumes at step n creates the stream of step n and obtains the
/// same numbers as an uninterrupted run, regardless of what was drawn before.
/// </para>
/// <para>
/// The numbers are the same on every platform, because only exactly rounded IEEE operations are used. The generator is
/// xoshiro256** (Blackman and Vigna 2018); its state is a SplitMix64 hash of the four arguments. It is not suitable for
/// cryptography. An instance must be used by one thread at a time.
/// </para>
/// </remarks>
/// <example><code>
/// var flip = new RandomStream(seed, "augmentation", step, item: image).NextSingle() &lt; 0.5f;
/// </code></example>
public sealed class RandomStream
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double? _spareGaussian;

    /// <summary>Creates the stream for a given purpose, step and item.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="stream">The purpose of the numbers. Streams with different names are independent.</param>
    /// <param name="step">The step of the run. Default 0.</param>
    /// <param name="item">The item within the step, such as the index of an image in the batch. Default 0.</param>
    public RandomStream(ulong seed, string stream, long step = 0, long item = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var hash = Mix(seed + 0x9E3779B97F4A7C15);
        hash = Mix(hash ^ HashName(stream));
        hash = Mix(hash ^ unchecked((ulong)step * 0xD1B54A32D192ED03 + 1));
        hash = Mix(hash ^ unchecked((ulong)item * 0x8CB92BA72F3D8DD7 + 2));
        _s0 = Mix(hash += 0x9E3779B97F4A7C15);
        _s1 = Mix(hash += 0x9E3779B97F4A7C15);
        _s2 = Mix(hash += 0x9E3779B97F4A7C15);
        _s3 = Mix(hash + 0x9E3779B97F4A7C15);
    }

    /// <summary>Returns 64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Returns a uniformly distributed number in [0, 1), a multiple of 2⁻²⁴.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Returns a uniformly distributed number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Returns a uniformly distributed integer in [0, <paramref name="exclusive"/>), without bias (Lemire 2019).</summary>
    /// <param name="exclusive">The exclusive upper bound, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusive"/> is not positive.</exception>
    public int NextInt32(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusive);

        // Lemire 2019: take the high half of a product, and draw again if the low half would introduce a bias.
        var bound = (uint)exclusive;
        var product = (NextUInt64() >> 32) * bound;
        for (var rest = (0u - bound) % bound; (uint)product < rest; )
        {
            product = (NextUInt64() >> 32) * bound;
        }

        return (int)(product >> 32);
    }

    /// <summary>Returns a number from the standard normal distribution, by Marsaglia's polar method.</summary>
    public double NextGaussian()
    {
        if (_spareGaussian is { } spare)
        {
            _spareGaussian = null;
            return spare;
        }

        double x,
            y,
            square;
        do
        {
            x = 2 * NextDouble() - 1;
            y = 2 * NextDouble() - 1;
            square = x * x + y * y;
        } while (square is >= 1 or 0);

        var scale = Math.Sqrt(-2 * Log(square) / square);
        _spareGaussian = y * scale;
        return x * scale;
    }

    /// <summary>Fills a span with numbers from the standard normal distribution.</summary>
    /// <param name="values">The span to fill.</param>
    public void FillGaussian(Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)NextGaussian();
        }
    }

    /// <summary>Fills a span with uniformly distributed numbers in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <remarks>Rounding may produce <paramref name="high"/> itself if the bounds are close to each other and far from zero.</remarks>
    /// <param name="values">The span to fill.</param>
    /// <param name="low">The inclusive lower bound. Default 0.</param>
    /// <param name="high">The exclusive upper bound. Default 1.</param>
    public void FillUniform(Span<float> values, float low = 0, float high = 1)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = low + NextSingle() * (high - low);
        }
    }

    /// <summary>Shuffles values in place. All orders are equally likely (Fisher–Yates).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">The values.</param>
    public void Shuffle<T>(Span<T> values)
    {
        for (var last = values.Length - 1; last > 0; last--)
        {
            var other = NextInt32(last + 1);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }

    /// <summary>Returns the numbers 0 … <paramref name="count"/> - 1 in a random order.</summary>
    /// <param name="count">The number of elements, at least 0.</param>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Shuffle<int>(order);
        return order;
    }

    /// <summary>
    /// Computes the natural logarithm of a number in (0, 1) with the same result on every platform, unlike <see
    /// cref="Math.Log(double)"/>, which calls the C library.
    /// </summary>
    /// <remarks>
    /// With x = m · 2ᵉ and m in [1/√2, √2), ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)), evaluated by its power series up to
    /// degree 21.
    /// </remarks>
    /// <param name="x">A number between 0 and 1, exclusive.</param>
    internal static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        var ratio = (mantissa - 1) / (mantissa + 1);
        var square = ratio * ratio;
        var series = 0.0;
        for (var power = 21; power >= 1; power -= 2)
        {
            series = series * square + 1.0 / power;
        }

        return exponent * 0.6931471805599453 + 2 * ratio * series;
    }

    // FNV-1a, 64 bit.
    private static ulong HashName(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }

        return hash;
    }

    // The output function of SplitMix64.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
