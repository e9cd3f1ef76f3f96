using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;

namespace Tacit.Conformance.Networks;

/// <summary>A random network in the forms that exporters write, as a function of a seed and a list of steps.</summary>
/// <remarks>
/// Each step draws from its own seed and applies to whatever value is there. Therefore, a network without some of its steps is a
/// valid network, too, which is how <see cref="Shrunk"/> finds a small one.
/// </remarks>
/// <param name="Seed">Draws the batch, the axis order and the sizes of the input.</param>
/// <param name="Steps">The seed of each step in order.</param>
/// <param name="Head">The seed of the layers behind the steps; null for none, so that the value itself is the output.</param>
/// <param name="Kind">The kind of steps.</param>
public sealed record RandomNetwork(int Seed, ImmutableArray<int> Steps, int? Head, RandomNetworkKind Kind)
{
    private readonly Lazy<Model> _model = new(() => new NetworkDrawing(Seed, Kind).Build(Steps, Head));

    /// <summary>The network.</summary>
    public Model Model => _model.Value;

    /// <summary>The bytes of its file.</summary>
    public byte[] Onnx => OnnxWriter.ToBytes(Model);

    /// <summary>Draws a convolutional network of 1 to <paramref name="most"/> steps.</summary>
    public static RandomNetwork Images(int seed, int most = 8) => Of(seed, most, RandomNetworkKind.Images);

    /// <summary>
    /// Draws a network of a fixed batch that moves elements through arbitrary shapes. Its other sizes often equal the batch size, and it
    /// may mix samples.
    /// </summary>
    public static RandomNetwork Shapes(int seed, int most = 6) => Of(seed, most, RandomNetworkKind.Shapes);

    /// <summary>Returns the smallest network that still fails and is found by leaving out steps.</summary>
    /// <param name="fails">Whether a network fails.</param>
    public RandomNetwork Shrunk(Func<RandomNetwork, bool> fails)
    {
        var smallest = this;
        for (var part = Math.Max(1, Steps.Length / 2); ; part = Math.Max(1, part / 2))
        {
            var before = smallest;
            for (var first = smallest.Steps.Length - part; first >= 0; first -= part)
            {
                Try(smallest with { Steps = smallest.Steps.RemoveRange(first, part) });
            }

            if (part == 1 && ReferenceEquals(before, smallest))
            {
                Try(smallest with { Head = null });
                return smallest;
            }
        }

        void Try(RandomNetwork smaller)
        {
            smaller = new RandomNetwork(smaller.Seed, smaller.Steps, smaller.Head, smaller.Kind);
            smallest = fails(smaller) ? smaller : smallest;
        }
    }

    /// <summary>Returns the code that makes the network, and its nodes, one to a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var head = Head?.ToString(CultureInfo.InvariantCulture) ?? "null";
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"new RandomNetwork({Seed}, [{string.Join(", ", Steps)}], {head}, RandomNetworkKind.{Kind})"
        );
        return text.Append(GraphText.Of(Model)).ToString();
    }

    private static RandomNetwork Of(int seed, int most, RandomNetworkKind kind)
    {
        var count = 1 + Mixed(seed, 0) % most;
        return new RandomNetwork(Mixed(seed, 1), [.. Enumerable.Range(3, count).Select(step => Mixed(seed, step))], Mixed(seed, 2), kind);
    }

    // SplitMix64. The first numbers of Random are almost the same for neighbouring seeds.
    private static int Mixed(int seed, int item)
    {
        unchecked
        {
            var mixed = (((ulong)(uint)seed << 32) | (uint)item) + 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)((mixed ^ (mixed >> 31)) & int.MaxValue);
        }
    }
}

/// <summary>The kinds of random networks.</summary>
public enum RandomNetworkKind
{
    /// <summary>Convolutional networks.</summary>
    Images,

    /// <summary>Networks that move elements through arbitrary shapes.</summary>
    Shapes,
}
