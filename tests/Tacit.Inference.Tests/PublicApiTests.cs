using Tacit.Inference.Sessions;

namespace Tacit.Inference.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_as_it_was() => Expectation.Matches("public-api", PublicApi.Of(typeof(OnnxSession).Assembly));
}
