using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Networks;

namespace Tacit.Learning.FineTuning;

/// <summary>Adds a linear layer to the features of an encoder, which makes it a classifier.</summary>
/// <remarks>
/// The layer is named "classifier": logits = W · features + b with W (classes, D) and b (classes). W is drawn from N(0, 2 / D), and b is 0.
/// There is no dropout before it, as in RSPNet's fine-tuning code.
/// </remarks>
internal static class ClassificationHead
{
    private const string Logits = "logits";
    private const string Layer = "classifier";

    /// <summary>Returns the encoder with the layer. Its only output is "logits", (N, classes).</summary>
    /// <param name="encoder">An encoder that passes <see cref="Check"/>. Its metadata are kept.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="seed">The seed of the layer's weights.</param>
    public static Model Append(Model encoder, int classes, ulong seed)
    {
        var features = NetworkContract.Of(encoder).RequireVectors("features");
        var layers = new LayerBuilder(encoder.Graph.Name, seed) { Graph = new GraphBuilder(encoder) };
        layers.Graph.Output(layers.Linear(Layer, Logits, features.Value.Name, features.Length!.Value, classes), new Shape("N", classes));
        var both = layers.Graph.Build();
        var graph = both.Graph;
        return new Model(
            new Graph(graph.Name, graph.Inputs, graph.Initializers.Values, graph.Nodes, [graph.Outputs[^1]]),
            both.Weights,
            encoder.Metadata
        );
    }

    /// <summary>Verifies that an encoder can be fine-tuned.</summary>
    /// <remarks>
    /// A suitable encoder has one input of colour clips (N, 3, T, S, S) with a variable batch size, one output (N, D), batch norms that are
    /// not folded, no quantised layers, and the preprocessing of its clips in its metadata.
    /// </remarks>
    /// <param name="encoder">The network.</param>
    /// <returns>The preprocessing of its clips.</returns>
    /// <exception cref="UnsuitableModelException">The encoder is unsuitable. The message says why and what to do.</exception>
    public static ClipPreprocessing Check(Model encoder)
    {
        var (graph, contract) = (encoder.Graph, NetworkContract.Of(encoder));
        if (contract.Metadata.Classes is not null)
        {
            throw new UnsuitableModelException("the network is a classifier already; give the encoder that it was made from");
        }

        if (
            graph.Nodes.FirstOrDefault(node =>
                node.Operator.Contains("Quantize", StringComparison.Ordinal) || node.Operator is "ConvInteger" or "MatMulInteger"
            ) is
            { } quantised
        )
        {
            throw new UnsuitableModelException(
                $"the network is quantised ({quantised}); fine-tune the one that it was made from, then quantise the classifier"
            )
            {
                Node = quantised.Name,
            };
        }

        if (contract is not { Input: ClipInput { TakesColor: true }, Batch: null })
        {
            throw new UnsuitableModelException(
                $"the network must have one input, clips as Float32 N x 3 x frames x height x width with N open, but has {string.Join("; ", graph.Inputs.Select(input => $"{input.Name}: {input.Type}"))}"
            );
        }

        if (BatchNormReport.Of(encoder) is { Kept: 0 } norms && norms.Hidden + norms.Folded > 0)
        {
            throw new UnsuitableModelException(
                "the network's batch norms are folded into its convolutions, and training needs them; export it with its batch norms kept"
            );
        }

        if (contract.Outputs is not [VectorOutput { Length: not null }])
        {
            throw new UnsuitableModelException(
                $"the network is no encoder: it must have one output, features of N x D, but has {string.Join("; ", graph.Outputs.Select(value => $"{value.Name}: {value.Type}"))}"
            );
        }

        if (!contract.StatesPreprocessing)
        {
            throw new UnsuitableModelException(
                $"the network does not say how its clips are prepared (no metadata {ModelMetadata.FramesKey}); give an encoder that was pretrained by Tacit"
            );
        }

        return contract.ResolveClips();
    }
}
