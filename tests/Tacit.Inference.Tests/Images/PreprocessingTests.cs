using CsCheck;
using Tacit.Graphs;
using Tacit.Inference.Images;

namespace Tacit.Inference.Tests.Images;

public sealed class PreprocessingTests
{
    private static readonly Gen<ChannelTriple> Triples = Gen.Select(Gen.Float[1e-6f, 1e6f], Gen.Float[1e-6f, 1e6f], Gen.Float[1e-6f, 1e6f])
        .Select((a, b, c) => new ChannelTriple(a, b, c));

    [Fact]
    public void Has_the_documented_defaults()
    {
        var preprocessing = new Preprocessing(8, 6);

        Assert.Equal(
            (new ChannelTriple(0), new ChannelTriple(1), 1f / 255, ColorOrder.RGB, ResizeMode.Stretch, 8),
            (
                preprocessing.Mean,
                preprocessing.Std,
                preprocessing.Scale,
                preprocessing.ColorOrder,
                preprocessing.Resize,
                preprocessing.ShortSide
            )
        );
    }

    [Fact]
    public void Writes_the_documented_metadata()
    {
        var preprocessing = new Preprocessing(224, 192)
        {
            Mean = new(0.485f, 0.456f, 0.406f),
            Std = new(0.229f, 0.224f, 0.225f),
            Resize = ResizeMode.ShortSideCrop,
            ShortSide = 256,
        };

        Assert.Equal(
            [
                new("tacit.input.mean", "0.485,0.456,0.406"),
                new("tacit.input.order", "RGB"),
                new("tacit.input.resize", "short-side:256"),
                new("tacit.input.scale", "0.003921569"),
                new("tacit.input.size", "224x192"),
                new("tacit.input.std", "0.229,0.224,0.225"),
            ],
            preprocessing.ToMetadata().ToArray()
        );
    }

    [Fact]
    public void Comes_back_from_its_metadata_equal() =>
        Gen.Select(Gen.Int[1, 999], Gen.Int[1, 999], Triples, Triples, Gen.Bool, Gen.Int[0, 999])
            .Sample(
                (width, height, mean, std, bgr, extra) =>
                {
                    var preprocessing = new Preprocessing(width, height)
                    {
                        Mean = mean,
                        Std = std,
                        Scale = std.First,
                        ColorOrder = bgr ? ColorOrder.BGR : ColorOrder.RGB,
                        Resize = bgr ? ResizeMode.ShortSideCrop : ResizeMode.Stretch,
                    };
                    preprocessing = bgr ? preprocessing with { ShortSide = Math.Max(width, height) + extra } : preprocessing;
                    Assert.True(Preprocessing.TryFromMetadata(preprocessing.ToMetadata(), out var read));
                    Assert.Equal(preprocessing.ToMetadata(), read.ToMetadata());
                    Assert.Equal((preprocessing.Mean, preprocessing.Std, preprocessing.ShortSide), (read.Mean, read.Std, read.ShortSide));
                },
                iter: 100
            );

    [Fact]
    public void Is_equal_by_value() =>
        Assert.Equal(new Preprocessing(3, 2) { Mean = new(1, 2, 3) }, new Preprocessing(3, 2) { Mean = new(1, 2, 3) });

    [Fact]
    public void Is_absent_where_the_metadata_has_no_size() =>
        Assert.False(Preprocessing.TryFromMetadata(new Dictionary<string, string> { ["other"] = "x" }, out _));

    [Theory]
    [InlineData("tacit.input.size", "32", "tacit.input.size is \"32\", not WIDTHxHEIGHT")]
    [InlineData("tacit.input.size", "0x32", "Width must be at least 1")]
    [InlineData("tacit.input.mean", "1,2", "tacit.input.mean is \"1,2\", not three numbers joined by commas")]
    [InlineData("tacit.input.mean", "1,NaN,2", "tacit.input.mean is \"1,NaN,2\", not three numbers joined by commas")]
    [InlineData("tacit.input.std", "1,0,1", "Std must be a positive number")]
    [InlineData("tacit.input.scale", "Infinity", "Scale must be a positive number")]
    [InlineData("tacit.input.order", "GRB", "tacit.input.order is \"GRB\", not RGB or BGR")]
    [InlineData("tacit.input.resize", "crop", "tacit.input.resize is \"crop\", not stretch or short-side:LENGTH")]
    [InlineData("tacit.input.resize", "short-side:4", "ShortSide 4 is less than the 32 x 32 that is cut out; make it at least 32")]
    public void Says_which_metadata_makes_no_sense(string key, string value, string reason)
    {
        var metadata = new Dictionary<string, string> { ["tacit.input.size"] = "32x32", [key] = value };

        var exception = Assert.Throws<UnsuitableModelException>(() => Preprocessing.TryFromMetadata(metadata, out _));

        Assert.Equal("the model's metadata on its input makes no sense: " + reason, exception.Message);
    }

    [Fact]
    public void Refuses_bad_values_by_the_name_of_the_property()
    {
        Assert.Equal("Width", Assert.Throws<ArgumentOutOfRangeException>(() => new Preprocessing(0, 1)).ParamName);
        Assert.Equal("Std", Assert.Throws<ArgumentOutOfRangeException>(() => new Preprocessing(1, 1) { Std = new(1, -1, 1) }).ParamName);
        Assert.Equal("Mean", Assert.Throws<ArgumentOutOfRangeException>(() => new Preprocessing(1, 1) { Mean = new(float.NaN) }).ParamName);
    }
}
