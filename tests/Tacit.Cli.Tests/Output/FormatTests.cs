using Tacit.Cli.Output;

namespace Tacit.Cli.Tests.Output;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0.12345, "0.1235")]
    [InlineData(12.345, "12.35")]
    [InlineData(1234.5, "1,235")]
    [InlineData(0.0000123, "1.23e-5")]
    [InlineData(0, "0")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Inf")]
    public void Numbers(double value, string text) => Assert.Equal(text, Format.Number(value));

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1_112_493, "1.06 MiB")]
    [InlineData(3_000_000_000, "2.79 GiB")]
    public void Bytes(long bytes, string text) => Assert.Equal(text, Format.Bytes(bytes));

    [Theory]
    [InlineData(3.21, "3.2 s")]
    [InlineData(45, "45 s")]
    [InlineData(59.7, "1 min 00 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(3720, "1 h 02 min")]
    public void Times(double seconds, string text) => Assert.Equal(text, Format.Time(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(999, "999")]
    [InlineData(40_551_040, "40.6 M")]
    [InlineData(2304, "2.3 k")]
    [InlineData(4_089_184_256, "4.1 G")]
    public void Large_counts(double count, string text) => Assert.Equal(text, Format.Short(count));
}
