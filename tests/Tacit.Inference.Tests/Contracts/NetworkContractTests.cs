using System.Collections.Immutable;
using CsCheck;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Tests.Sessions;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Tests.Contracts;

public sealed class NetworkContractTests
{
    private static readonly Gen<Shape> Inputs = Gen.Select(
            Gen.OneOf(Gen.Const<Dimension>("N"), Gen.Int[1, 4].Select(batch => (Dimension)batch)),
            Gen.Int[0, 2],
            Gen.Bool.Select(isColor => isColor ? 3 : 1),
            Gen.OneOf(Gen.Const<Dimension>("side"), Gen.Int[4, 9].Select(side => (Dimension)side)),
            Gen.Int[4, 9]
        )
        .Select(
            (batch, form, channels, height, width) =>
                form switch
                {
                    0 => new Shape(batch, channels, height, width),
                    1 => new Shape(batch, height, width, 3),
                    _ => new Shape(batch, channels, width, height, height),
                }
        );

    private static readonly Gen<ModelMetadata> Metadata = Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Bool)
        .Select(
            (classes, isPretrained, isPrepared) =>
                new ModelMetadata
                {
                    Classes = classes == 0 ? null : [.. Enumerable.Range(0, classes).Select(number => $"class {number}")],
                    Backbone = isPretrained ? "r3d-18" : null,
                    Images = isPrepared ? new Preprocessing(8, 6) : null,
                    Clips = isPrepared ? new ClipPreprocessing(4, 8) : null,
                }
        );

    [Fact]
    public void A_model_and_a_session_of_its_file_agree() =>
        Gen.Select(Inputs, Metadata, Gen.Int[1, 5], Gen.Bool.Select(isNamed => isNamed ? "features" : "logits"), Gen.Bool, Gen.Bool)
            .Sample(
                (input, metadata, length, name, isVector, isTwo) =>
                {
                    var file = OnnxWriter.ToBytes(metadata.WriteTo(Network(input, length, name, isVector, isTwo)));
                    var expected = NetworkContract.Of(OnnxReader.Read(file));
                    using var session = OnnxSession.Open(file);
                    var actual = session.Contract;

                    Assert.Equal(expected.Inputs, actual.Inputs);
                    Assert.Equal(expected.Input, actual.Input);
                    Assert.Equal(expected.Outputs, actual.Outputs);
                    Assert.Equal(expected.Classes, actual.Classes);
                    Assert.Equal(metadata, actual.Metadata);
                    Assert.Equal(
                        (expected.Batch, expected.Task, expected.Samples, expected.StatesPreprocessing),
                        (actual.Batch, actual.Task, actual.Samples, actual.StatesPreprocessing)
                    );
                },
                iter: 100
            );

    [Fact]
    public void A_contract_is_what_the_network_was_made_to_be() =>
        Gen.Select(Inputs, Metadata, Gen.Int[1, 5], Gen.Bool.Select(isNamed => isNamed ? "features" : "logits"))
            .Sample(
                (input, metadata, length, name) =>
                {
                    var contract = NetworkContract.Of(metadata.WriteTo(Network(input, length, name, isVector: true, isTwo: false)));

                    Assert.Equal(input.Rank == 5 ? "clips" : "images", contract.Samples);
                    Assert.Equal(input[0].IsKnown ? input[0].Size : null, (long?)contract.Batch);
                    Assert.Equal([length], contract.Outputs.Select(output => ((VectorOutput)output).Length!.Value));
                    Assert.Equal(metadata.Classes ?? [], contract.Classes);
                    Assert.Equal(metadata.Images is not null, contract.StatesPreprocessing);
                },
                iter: 100
            );

    [Theory]
    [InlineData("features", null, NetworkTask.Features)]
    [InlineData("output", "tacit.encoder.backbone", NetworkTask.Features)]
    [InlineData("output", "tacit.encoder.method", NetworkTask.Features)]
    [InlineData("logits", null, NetworkTask.Classes)]
    [InlineData("features", "tacit.classes", NetworkTask.Classes)]
    public void The_output_and_the_metadata_tell_the_task(string output, string? key, NetworkTask expected)
    {
        var model = Network(new Shape("N", 3, 8, 8), 3, output, isVector: true, isTwo: false);

        Assert.Equal(expected, NetworkContract.Of(key is null ? model : model with { Metadata = model.Metadata.SetItem(key, "[]") }).Task);
    }

    [Fact]
    public void Shapes_that_are_asked_for_take_the_place_of_declared_ones()
    {
        var model = Network(new Shape("N", 3, "H", "W"), 3, "logits", isVector: true, isTwo: false);

        var contract = NetworkContract.Of(model, new Dictionary<string, Shape> { ["x"] = new Shape(2, 3, 6, 8) });

        Assert.Equal((2, (8, 6)), (contract.Batch, contract.Input?.PictureSize));
    }

    [Fact]
    public void A_network_of_several_inputs_has_no_input_of_its_own()
    {
        var builder = new GraphBuilder("network");
        var sum = builder.Add("Add", [builder.Input("left", new("N", 3, 4, 4)), builder.Input("right", new(2, 3, 4, 4))]);
        builder.Output(sum, new("N", 3, 4, 4));

        var contract = NetworkContract.Of(builder.Build());

        Assert.Equal((null, null, 2), (contract.Input, contract.Batch, contract.Inputs.Length));
        Assert.StartsWith(
            "the network does not take images: it must have one input ",
            Assert.Throws<UnsuitableModelException>(contract.RequireImages).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Frames_that_are_not_square_are_refused()
    {
        var model = Network(new Shape("N", 3, 4, 6, 8), 3, "logits", isVector: true, isTwo: false);

        Assert.Equal(
            "the network takes pictures of 8 x 6; clips are prepared as squares",
            Assert.Throws<UnsuitableModelException>(NetworkContract.Of(model).RequireClips).Message
        );
    }

    [Fact]
    public void Preprocessing_to_another_size_is_refused_also_with_the_channels_last()
    {
        using var session = OnnxSession.Open(SmallNetworks.ChannelMeansLast(4, 2));

        Assert.Equal(
            "the model takes images of 2 x 4, but the preprocessing makes 4 x 2",
            Assert.Throws<UnsuitableModelException>(() => session.Contract.ResolveImages(new Preprocessing(4, 2))).Message
        );
    }

    [Fact]
    public void Metadata_that_make_no_sense_are_refused_by_what_uses_them_and_not_by_the_session()
    {
        var model = Network(new Shape("N", 3, 8, 8), 3, "logits", isVector: true, isTwo: false);
        var file = OnnxWriter.ToBytes(model with { Metadata = model.Metadata.SetItem("tacit.classes", "red, green") });
        using var session = OnnxSession.Open(file);

        Assert.Equal(3, session.Run(new float[192]).Length);
        Assert.Equal(
            "the model's metadata on its classes is not valid: tacit.classes is not a JSON array of strings",
            Assert.Throws<UnsuitableModelException>(() => session.Contract).Message
        );
    }

    // The mean of each channel through a linear layer, or the maps before it.
    private static Model Network(Shape input, int length, string name, bool isVector, bool isTwo)
    {
        var builder = new GraphBuilder("network");
        var isLast =
            NetworkInput.Of(new Value("x", new TensorType(ElementType.Float32, input))) is ImageInput { Layout: ImageLayout.ChannelsLast };
        var axes = Enumerable.Range(isLast ? 1 : 2, input.Rank - 2).Select(axis => (long)axis).ToImmutableArray();
        var x = builder.Input("x", input);
        if (!isVector)
        {
            builder.Output(builder.Add("Relu", [x], name: name), input);
            return builder.Build();
        }

        var means = builder.Add("ReduceMean", [x], Attributes.None.With("axes", axes).With("keepdims", 0), "means");
        var channels = (int)input[isLast ? input.Rank - 1 : 1].Size;
        var weight = builder.Initializer("weight", TensorData.Of<float>(new float[channels * length], channels, length));
        builder.Output(builder.Add("Gemm", [means, weight], name: name), new(input[0], length));
        if (isTwo)
        {
            builder.Output(means, new(input[0], channels));
        }

        return builder.Build();
    }
}
