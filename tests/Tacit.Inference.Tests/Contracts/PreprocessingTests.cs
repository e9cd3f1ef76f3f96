using Tacit.Inference.Contracts;

namespace Tacit.Inference.Tests.Contracts;

public sealed class PreprocessingTests
{
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
    public void Is_equal_by_value() =>
        Assert.Equal(new Preprocessing(3, 2) { Mean = new(1, 2, 3) }, new Preprocessing(3, 2) { Mean = new(1, 2, 3) });

    [Fact]
    public void Refuses_bad_values_by_the_name_of_the_property()
    {
        Assert.Equal("Width", Assert.Throws<ArgumentOutOfRangeException>(() => new Preprocessing(0, 1)).ParamName);
        Assert.Equal("Std", Assert.Throws<ArgumentOutOfRangeException>(() => new Preprocessing(1, 1) { Std = new(1, -1, 1) }).ParamName);
        Assert.Equal("Mean", Assert.Throws<ArgumentOutOfRangeException>(() => new Preprocessing(1, 1) { Mean = new(float.NaN) }).ParamName);
    }
}
