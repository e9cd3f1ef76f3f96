using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Video;

// N x 3 x 4 x 4 x 4 -> N x 3: the mean of each channel over a clip, as the bytes of ONNX files.
internal static class SmallClipNetworks
{
    public static byte[] Encoder(
        Dimension batch,
        ClipPreprocessing? clip,
        string output = "features",
        params IEnumerable<KeyValuePair<string, string>> metadata
    )
    {
        var builder = new GraphBuilder("means");
        var pooled = builder.Add("GlobalAveragePool", [builder.Input("clip", new(batch, 3, 4, 4, 4))]);
        builder.Output(builder.Add("Flatten", [pooled], name: output), new(batch, 3));
        var model = builder.Build();
        return OnnxWriter.ToBytes(new ModelMetadata { Clips = clip }.WriteTo(model with { Metadata = model.Metadata.AddRange(metadata) }));
    }

    public static byte[] Classifier(ClipPreprocessing? clip, params string[] classes) =>
        Encoder(
            "N",
            clip,
            "logits",
            new ModelMetadata { Classes = classes.Length == 0 ? ["red", "green", "blue"] : [.. classes] }.ToProperties()
        );
}
