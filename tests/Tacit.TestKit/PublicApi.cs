using System.Reflection;
using PublicApiGenerator;

namespace Tacit.TestKit;

/// <summary>What an assembly shows to others: its public types and members, sorted, as lines of C#.</summary>
public static class PublicApi
{
    /// <summary>The lines. Values of enums, constants and default values are in them; attributes of the assembly are not.</summary>
    public static string Of(Assembly assembly) => assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });
}
