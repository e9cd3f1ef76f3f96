using CsCheck;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Tests.Contracts;

public sealed class ModelMetadataTests
{
    private static readonly ModelMetadata Full = new()
    {
        Images = new Preprocessing(224, 192)
        {
            Mean = new(0.485f, 0.456f, 0.406f),
            Std = new(0.229f, 0.224f, 0.225f),
            Resize = ResizeMode.ShortSideCrop,
            ShortSide = 256,
        },
        Clips = new ClipPreprocessing(16, 112) { Stride = 2, ColorOrder = ColorOrder.BGR },
        Classes = ["walk", "größer"],
        Backbone = "r3d-18",
        Method = "ascnet",
        Version = "0.9.0",
        Bits = "mixed, A8",
        Preset = "fast",
        Seed = 7,
        SourceHash = "ab12",
    };

    private static readonly Gen<ChannelTriple> Triples = Gen.Select(Gen.Float[1e-6f, 1e6f], Gen.Float[1e-6f, 1e6f], Gen.Float[1e-6f, 1e6f])
        .Select((a, b, c) => new ChannelTriple(a, b, c));

    private static readonly Gen<Preprocessing> Images = Gen.Select(
            Gen.Int[1, 999],
            Gen.Int[1, 999],
            Triples,
            Triples,
            Gen.Bool,
            Gen.Int[0, 999]
        )
        .Select(
            (width, height, mean, std, bgr, extra) =>
                new Preprocessing(width, height)
                {
                    Mean = mean,
                    Std = std,
                    Scale = std.First,
                    ColorOrder = bgr ? ColorOrder.BGR : ColorOrder.RGB,
                    Resize = bgr ? ResizeMode.ShortSideCrop : ResizeMode.Stretch,
                    ShortSide = Math.Max(width, height) + (bgr ? extra : 0),
                }
        );

    private static readonly Gen<ClipPreprocessing> Clips = Gen.Select(
            Gen.Int[1, 99],
            Gen.Int[1, 999],
            Gen.Int[1, 9],
            Triples,
            Triples,
            Gen.Bool
        )
        .Select(
            (frames, size, stride, mean, std, bgr) =>
                new ClipPreprocessing(frames, size)
                {
                    Stride = stride,
                    Mean = mean,
                    Std = std,
                    ColorOrder = bgr ? ColorOrder.BGR : ColorOrder.RGB,
                    TestClips = stride,
                }
        );

    [Fact]
    public void Entries_are_the_documented_text() =>
        Assert.Equal(
            [
                "tacit.bits: mixed, A8",
                "tacit.classes: [\"walk\",\"gr\\u00F6\\u00DFer\"]",
                "tacit.clip.frames: 16",
                "tacit.clip.mean: 0,0,0",
                "tacit.clip.order: BGR",
                "tacit.clip.size: 112",
                "tacit.clip.std: 1,1,1",
                "tacit.clip.stride: 2",
                "tacit.clip.test-clips: 10",
                "tacit.encoder.backbone: r3d-18",
                "tacit.encoder.method: ascnet",
                "tacit.input.mean: 0.485,0.456,0.406",
                "tacit.input.order: RGB",
                "tacit.input.resize: short-side:256",
                "tacit.input.scale: 0.003921569",
                "tacit.input.size: 224x192",
                "tacit.input.std: 0.229,0.224,0.225",
                "tacit.preset: fast",
                "tacit.seed: 7",
                "tacit.source.sha256: ab12",
                "tacit.version: 0.9.0",
            ],
            Full.ToProperties().Select(entry => $"{entry.Key}: {entry.Value}")
        );

    [Fact]
    public void Every_entry_comes_back()
    {
        Assert.Equal(Full, ModelMetadata.Read(Full.ToProperties()));
        Assert.Equal(Full.Classes!.Value, ModelMetadata.Read(Full.ToProperties()).Classes!.Value);
    }

    [Fact]
    public void Preprocessing_comes_back_equal() =>
        Gen.Select(Images, Clips)
            .Sample(
                (images, clips) =>
                {
                    var read = ModelMetadata.Read(new ModelMetadata { Images = images, Clips = clips }.ToProperties());

                    Assert.Equal(clips, read.Clips);
                    Assert.Equal(
                        (images.Width, images.Height, images.Mean, images.Std, images.Scale, images.ColorOrder, images.Resize),
                        (
                            read.Images!.Width,
                            read.Images.Height,
                            read.Images.Mean,
                            read.Images.Std,
                            read.Images.Scale,
                            read.Images.ColorOrder,
                            read.Images.Resize
                        )
                    );
                    Assert.Equal(images.ShortSide, read.Images.ShortSide);
                },
                iter: 100
            );

    [Fact]
    public void What_is_not_there_is_null()
    {
        var read = ModelMetadata.Read(new Dictionary<string, string> { ["other"] = "x" });

        Assert.Equal(new ModelMetadata(), read);
        Assert.Null(read.Classes);
    }

    [Fact]
    public void Other_entries_of_a_network_stay()
    {
        var builder = new GraphBuilder("network");
        builder.Output(builder.Add("Relu", [builder.Input("x", new("N", 3))]), new("N", 3));
        var model = builder.Build();
        model = model with { Metadata = model.Metadata.SetItem("author", "someone").SetItem("tacit.preset", "fast") };

        var written = new ModelMetadata { Seed = 3, Preset = "best" }.WriteTo(model);

        Assert.Equal(
            [new("author", "someone"), new("tacit.preset", "best"), new KeyValuePair<string, string>("tacit.seed", "3")],
            written.Metadata
        );
    }

    [Theory]
    [InlineData("tacit.input.size", "32", "input", "tacit.input.size is \"32\", not WIDTHxHEIGHT")]
    [InlineData("tacit.input.size", "0x32", "input", "Width must be at least 1")]
    [InlineData("tacit.input.size", null, "input", "there is tacit.input.mean but no tacit.input.size")]
    [InlineData("tacit.input.mean", "1,2", "input", "tacit.input.mean is \"1,2\", not three numbers joined by commas")]
    [InlineData("tacit.input.mean", "1,NaN,2", "input", "tacit.input.mean is \"1,NaN,2\", not three numbers joined by commas")]
    [InlineData("tacit.input.std", "1,0,1", "input", "Std must be a positive number")]
    [InlineData("tacit.input.scale", "Infinity", "input", "Scale must be a positive number")]
    [InlineData("tacit.input.order", "GRB", "input", "tacit.input.order is \"GRB\", not RGB or BGR")]
    [InlineData("tacit.input.resize", "crop", "input", "tacit.input.resize is \"crop\", not stretch or short-side:LENGTH")]
    [InlineData(
        "tacit.input.resize",
        "short-side:4",
        "input",
        "ShortSide 4 is less than the 224 x 192 that is cut out; make it at least 224"
    )]
    [InlineData("tacit.clip.frames", "many", "clips", "tacit.clip.frames is \"many\", not a whole number")]
    [InlineData("tacit.clip.frames", "0", "clips", "Frames must be at least 1")]
    [InlineData("tacit.clip.frames", null, "clips", "there is tacit.clip.stride but no tacit.clip.frames")]
    [InlineData("tacit.clip.size", null, "clips", "tacit.clip.size is missing")]
    [InlineData("tacit.clip.mean", "1,2", "clips", "tacit.clip.mean is \"1,2\", not three numbers joined by commas")]
    [InlineData("tacit.clip.std", "1,0,1", "clips", "Std must be a positive number")]
    [InlineData("tacit.clip.order", "YUV", "clips", "tacit.clip.order is \"YUV\", not RGB or BGR")]
    [InlineData("tacit.classes", "walk", "classes", "tacit.classes is not a JSON array of strings")]
    [InlineData("tacit.classes", "null", "classes", "tacit.classes is not a JSON array of strings")]
    [InlineData("tacit.classes", "[1, 2]", "classes", "tacit.classes is not a JSON array of strings")]
    [InlineData("tacit.classes", "[null]", "classes", "tacit.classes is not a JSON array of strings")]
    [InlineData("tacit.seed", "-1", "quantisation", "tacit.seed is \"-1\", not a whole number")]
    public void An_entry_that_makes_no_sense_is_one_line(string key, string? value, string part, string reason)
    {
        var properties = value is null ? Full.ToProperties().Remove(key) : Full.ToProperties().SetItem(key, value);

        Assert.Equal(
            $"the model's metadata on its {part} is not valid: {reason}",
            Assert.Throws<UnsuitableModelException>(() => ModelMetadata.Read(properties)).Message
        );
    }

    [Theory]
    [InlineData("tacit.classs")]
    [InlineData("tacit.clip.speed")]
    public void An_unknown_entry_is_refused(string key) =>
        Assert.Equal(
            $"the model's metadata has the entry {key}, which this version of Tacit does not know; use the version that wrote the file, or remove the entry",
            Assert.Throws<UnsuitableModelException>(() => ModelMetadata.Read(Full.ToProperties().SetItem(key, "x"))).Message
        );
}
