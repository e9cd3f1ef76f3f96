using Tacit.Cli.Hosting;

namespace Tacit.Cli.Tests.Hosting;

public sealed class OptionNamesTests
{
    [Theory]
    [InlineData("too large (QuantizationOptions.MaxBytes)", "too large (--max-bytes)")]
    [InlineData("give CalibrationData, or fewer bits", "give --calibration, or fewer bits")]
    [InlineData("/data/CalibrationData/net.onnx is damaged", "/data/CalibrationData/net.onnx is damaged")]
    [InlineData("ClipClassifier.onnx is damaged", "ClipClassifier.onnx is damaged")]
    public void Names_are_replaced_unless_they_are_part_of_a_path(string message, string expected) =>
        Assert.Equal(expected, OptionNames.In(message));
}
