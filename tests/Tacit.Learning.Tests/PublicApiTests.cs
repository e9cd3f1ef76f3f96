using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_as_it_was() => Expectation.Matches("public-api", PublicApi.Of(typeof(RunFolder).Assembly));
}
