namespace Tacit.Cli.Tests.Commands.Runs;

public sealed class EventFileTests
{
    // RFC 3720, B.4.
    [Fact]
    public void The_checksum_of_the_tests_is_the_standards()
    {
        Assert.Equal(0x8A9136AAu, EventFile.Checksum(new byte[32]));
        Assert.Equal(0x46DD794Eu, EventFile.Checksum([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0xE3069283u, EventFile.Checksum("123456789"u8));
    }
}
