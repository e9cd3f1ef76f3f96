using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed class FfmpegOptionsTests
{
    [Fact]
    public void The_defaults_are_those_that_are_written_down()
    {
        var options = new FfmpegOptions();

        Assert.Equal(
            (null, Environment.ProcessorCount, 1, TimeSpan.FromMinutes(5)),
            (options.Location, options.Processes, options.Threads, options.Timeout)
        );
    }

    [Fact]
    public void What_cannot_be_is_refused_by_name()
    {
        Assert.Equal("Processes", Assert.Throws<ArgumentOutOfRangeException>(() => new FfmpegOptions { Processes = 0 }).ParamName);
        Assert.Equal("Threads", Assert.Throws<ArgumentOutOfRangeException>(() => new FfmpegOptions { Threads = 0 }).ParamName);
        Assert.Equal("Timeout", Assert.Throws<ArgumentOutOfRangeException>(() => new FfmpegOptions { Timeout = TimeSpan.Zero }).ParamName);
    }
}
