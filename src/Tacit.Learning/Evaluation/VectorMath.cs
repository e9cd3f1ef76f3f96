using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Evaluation;

/// <summary>Vectorised operations on rows of numbers.</summary>
internal static class VectorMath
{
    /// <summary>Computes the dot product of two rows of equal length.</summary>
    public static double Dot(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var firsts = MemoryMarshal.Cast<double, Vector<double>>(first);
        var seconds = MemoryMarshal.Cast<double, Vector<double>>(second);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < firsts.Length; i++)
        {
            sums += firsts[i] * seconds[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = firsts.Length * Vector<double>.Count; i < first.Length; i++)
        {
            sum += first[i] * second[i];
        }

        return sum;
    }

    /// <summary>Computes log Σ exp(v) over the values v of a row, without overflow.</summary>
    public static double LogSumExp(double[] values)
    {
        var max = values.Max();
        return max + Math.Log(values.Sum(value => Math.Exp(value - max)));
    }

    /// <summary>Adds <paramref name="values"/> multiplied by <paramref name="factor"/> to <paramref name="to"/>, in place.</summary>
    public static void Add(Span<double> to, double factor, ReadOnlySpan<double> values)
    {
        var sums = MemoryMarshal.Cast<double, Vector<double>>(to);
        var terms = MemoryMarshal.Cast<double, Vector<double>>(values);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += terms[i] * factor;
        }

        for (var i = sums.Length * Vector<double>.Count; i < to.Length; i++)
        {
            to[i] += factor * values[i];
        }
    }
}
