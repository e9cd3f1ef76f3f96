using Tacit.Cli.Output;

namespace Tacit.Cli.Tests.Output;

public sealed class PlainProgressTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void A_line_comes_at_the_start_every_few_seconds_and_at_the_end()
    {
        var progress = new PlainProgress(_error, _time);
        for (var step = 1; step <= 20; step++)
        {
            progress.Report(new StageProgress("synthesis", step, 20, [new Measure("loss", 10.0 / step)]));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            """
            synthesis 1/20  loss 10.00
            synthesis 6/20  loss 1.67  14 s left
            synthesis 11/20  loss 0.9091  9.0 s left
            synthesis 16/20  loss 0.6250  4.0 s left
            synthesis 20/20  loss 0.5000

            """.ReplaceLineEndings("\n"),
            _error.ToString()
        );
    }

    [Fact]
    public void Each_stage_begins_with_a_line()
    {
        var progress = new PlainProgress(_error, _time);
        progress.Report(new StageProgress("first", 1, 2, []));
        progress.Report(new StageProgress("second", 1, 2, []));

        Assert.Equal("first 1/2\nsecond 1/2\n", _error.ToString());
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
