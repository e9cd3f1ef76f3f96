using System.Reflection;
using PublicApiGenerator;

namespace Tacit.TestKit;

/// <summary>The public types and members of an assembly as sorted lines of C#.</summary>
public static class PublicApi
{
    /// <summary>
    /// Returns the lines. They include the values of enums and constants, and default values, but not attributes of the assembly.
    /// </summary>
    public static string Of(Assembly assembly) => assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });
}
