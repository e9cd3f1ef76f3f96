using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests.Sessions;

public sealed class KernelReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OptimizationLevel.Extended)]
    [InlineData(OptimizationLevel.All)]
    public void Finds_the_integer_kernel_of_a_quantised_convolution(OptimizationLevel level)
    {
        var report = KernelReport.Of(SmallNetworks.Convolution(quantized: true), level);

        Assert.True(report.AllConvolutionsInteger, report.ToString());
        Assert.Equal((1, 0), (report.IntegerConvolutions, report.FloatConvolutions));
    }

    [Theory]
    [InlineData(OptimizationLevel.Extended)]
    [InlineData(OptimizationLevel.All)]
    public void Finds_the_float_kernel_of_a_float_convolution(OptimizationLevel level)
    {
        var report = KernelReport.Of(_folder.Write("float.onnx", SmallNetworks.Convolution(quantized: false)), level);

        Assert.False(report.AllConvolutionsInteger);
        Assert.Equal((0, 1), (report.IntegerConvolutions, report.FloatConvolutions));
        Assert.EndsWith("Conv", Assert.Single(report.FloatNodes).Operator, StringComparison.Ordinal);
    }

    // The reason for the report: if the bias scale is not input scale · weight scale, the convolution silently stays in floating point.
    [Fact]
    public void Finds_the_convolution_that_silently_stays_in_floating_point()
    {
        var report = KernelReport.Of(SmallNetworks.Convolution(quantized: true, biasScale: 1f / 32));

        Assert.Equal((0, 1), (report.IntegerConvolutions, report.FloatConvolutions));
    }

    // The two largest weights of one sign in a channel are -15 and -14. Inputs reach 255.
    [Fact]
    public void The_largest_sum_of_two_products_is_that_of_the_two_largest_weights_of_a_channel()
    {
        var bound = Assert.Single(KernelReport.Of(SmallNetworks.Convolution(quantized: true)).Bounds);

        Assert.Equal((15 + 14) * 255, bound.LargestPair);
        Assert.False(bound.CanSaturate);
    }

    [Fact]
    public void Leaves_nothing_on_disk()
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "tacit-kernels-*").Length;

        KernelReport.Of(SmallNetworks.Convolution(quantized: false));

        Assert.Equal(before, Directory.GetDirectories(Path.GetTempPath(), "tacit-kernels-*").Length);
    }

    [Fact]
    public void Sees_nineteen_convolutions_and_one_product_in_ResNet20()
    {
        var report = KernelReport.Of(SharedFiles.ResNet20);

        Assert.Equal((19, 0, 1), (report.FloatConvolutions, report.IntegerConvolutions, report.FloatProducts));
    }
}
