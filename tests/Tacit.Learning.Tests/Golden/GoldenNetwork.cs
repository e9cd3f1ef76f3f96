using System.Text;
using System.Text.Json;
using Tacit.Graphs;

namespace Tacit.Learning.Tests.Golden;

// The output of PyTorch and torchvision for a network of a zoo, written by zoo.py and video.py. Images have no frames.
internal sealed record GoldenNetwork(string Name, long Parameters, long MultiplyAccumulates, int? Frames, int Size, float[] Logits)
{
    public const int Classes = 5;
    public const int Batch = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<GoldenNetwork> All { get; } = [.. Load("zoo.json"), .. Load("video.json")];

    public static GoldenNetwork Of(string name) => All.Single(network => network.Name == name);

    /// <summary>Images or clips as in filling.py, of mean 0 and variance 1.</summary>
    public float[] Images() =>
        [.. Uniform("images", Batch * 3 * (Frames ?? 1) * Size * Size).Select(value => (float)((2 * value - 1) * Math.Sqrt(3)))];

    /// <summary>The network with every weight a function of its name and index, as in filling.py.</summary>
    public static Model Filled(Model model) =>
        new(
            model.Graph,
            model.Weights.With(
                from initializer in model.Graph.Initializers.Values
                where initializer.Role != WeightRole.Constant
                select KeyValuePair.Create(initializer.Name, Fill(initializer))
            )
        );

    private static TensorData Fill(Initializer initializer)
    {
        long[] sizes = [.. initializer.Type.Shape.Select(size => size.Size)];
        var deviation = Math.Sqrt(6.0 / sizes.Skip(1).Aggregate(1L, (product, size) => product * size));
        Func<double, double> place = initializer.Name switch
        {
            _ when sizes.Length > 1 => value => (2 * value - 1) * deviation,
            var name when name.EndsWith("weight", StringComparison.Ordinal) || name.EndsWith("running_var", StringComparison.Ordinal) =>
                value => 0.75 + value / 2,
            _ => value => 0.2 * value - 0.1,
        };
        return TensorData.Of<float>(
            [.. Uniform(initializer.Name, (int)initializer.Type.Shape.ElementCount).Select(value => (float)place(value))],
            sizes
        );
    }

    private static IEnumerable<double> Uniform(string name, int count)
    {
        var seed = Encoding.UTF8.GetBytes(name).Aggregate(2166136261, (hash, value) => unchecked((hash ^ value) * 16777619));
        for (var i = 0; i < count; i++)
        {
            var x = unchecked(seed + (uint)i);
            x = unchecked((x ^ (x >> 16)) * 0x7FEB352D);
            x = unchecked((x ^ (x >> 15)) * 0x846CA68B);
            x ^= x >> 16;
            yield return (x >> 8) * (1.0 / (1 << 24));
        }
    }

    private static GoldenNetwork[] Load(string file)
    {
        using var stream = typeof(GoldenNetwork).Assembly.GetManifestResourceStream(file)!;
        return JsonSerializer.Deserialize<GoldenNetwork[]>(stream, Json)!;
    }
}
