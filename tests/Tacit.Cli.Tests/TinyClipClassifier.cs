using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Tests;

/// <summary>A classifier of red and blue clips of 4 frames of 16 x 16 pixels, based on the channel means.</summary>
internal static class TinyClipClassifier
{
    /// <summary>Writes the classifier, whose outputs are blue and red.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isWrong">Whether it predicts each class as the other.</param>
    /// <param name="isStated">Whether its metadata say how clips are prepared.</param>
    /// <param name="isOpen">Whether the numbers of frames and pixels are variable.</param>
    /// <param name="classes">The names of the outputs; empty for a file that does not state them.</param>
    public static void Write(string path, bool isWrong = false, bool isStated = true, bool isOpen = false, params string[] classes)
    {
        var builder = new GraphBuilder("classifier");
        var (frames, side) = isOpen ? (new Dimension("T"), new Dimension("H")) : (4, 16);
        var x = builder.Input("clip", new("N", 3, frames, side, side));
        x = builder.Add("Flatten", [builder.Add("GlobalAveragePool", [x])]);
        float[] weight = isWrong ? [1, 0, 0, 0, 0, 1] : [0, 0, 1, 1, 0, 0];
        x = builder.Add(
            "Gemm",
            [x, builder.Initializer("weight", TensorData.Of<float>(weight, 2, 3))],
            Attributes.None.With("transB", 1),
            "logits"
        );
        builder.Output(x, new("N", 2));
        var model = builder.Build();
        var metadata = new ModelMetadata
        {
            Clips = isStated ? TinyEncoder.Clip : null,
            Classes = classes.Length == 0 ? null : [.. classes],
        };
        OnnxWriter.Write(metadata.WriteTo(model), path);
    }
}
