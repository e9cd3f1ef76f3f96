using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Networks;

namespace Tacit.Learning.FineTuning;

/// <summary>The linear layer on an encoder's features that makes a classifier of it.</summary>
internal static class ClassificationHead
{
    private const string Logits = "logits";
    private const string Layer = "classifier";

    /// <summary>The encoder with the layer, its one output "logits" N x classes.</summary>
    /// <param name="encoder">An encoder that <see cref="Check"/> lets pass.</param>
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

    /// <summary>Whether an encoder can be fine-tuned, and how its clips are prepared.</summary>
    /// <exception cref="UnsuitableModelException">It cannot; the message says what to do.</exception>
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
