using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Tacit.Cli.Hosting;

namespace Tacit.Cli.Tests;

/// <summary>Verifies the direction of dependencies between assemblies in docs/architecture.md.</summary>
public sealed class ArchitectureTests
{
    [Theory]
    [InlineData(
        "Tacit.Graphs",
        "Tacit.Inference",
        "Tacit.Learning",
        "tacit",
        "TorchSharp",
        "Microsoft.ML.OnnxRuntime",
        "SkiaSharp",
        "Spectre.Console"
    )]
    [InlineData("Tacit.Inference", "Tacit.Learning", "tacit", "TorchSharp", "Spectre.Console", "System.CommandLine")]
    [InlineData("Tacit.Learning", "tacit", "Spectre.Console", "System.CommandLine")]
    public void Assemblies_do_not_look_up(string assembly, params string[] forbidden)
    {
        var references = Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name);

        Assert.Empty(references.Intersect(forbidden));
    }

    [Theory]
    [InlineData("Tacit.Graphs")]
    [InlineData("Tacit.Inference")]
    [InlineData("Tacit.Learning")]
    public void Libraries_do_not_touch_the_console_the_clock_or_ambient_randomness(string assembly)
    {
        string[] banned = ["System.Console", "DateTime.get_Now", "DateTime.get_UtcNow", "DateTimeOffset.get_Now", "Random.get_Shared"];

        Assert.Empty(UsesOf(assembly).Intersect(banned));
    }

    [Theory]
    [InlineData("Tacit.Graphs")]
    [InlineData("Tacit.Inference")]
    [InlineData("Tacit.Learning")]
    public void Public_classes_are_sealed_abstract_or_static(string assembly) =>
        Assert.Empty(
            Load(assembly)
                .GetExportedTypes()
                .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !IsTorchModule(type))
                .Select(type => type.FullName)
        );

    [Theory]
    [InlineData("Tacit.Graphs")]
    [InlineData("Tacit.Inference")]
    [InlineData("Tacit.Learning")]
    [InlineData("tacit")]
    public void Namespaces_form_no_cycles(string assembly) => Assert.Equal([], NamespaceDependencies.Cycles(Load(assembly)));

    [Theory]
    [InlineData("Tacit.Graphs")]
    [InlineData("Tacit.Inference", "--pdeathsig")] // of setpriv
    [InlineData("Tacit.Learning")]
    public void Libraries_do_not_name_options_and_commands_of_the_command_line(string assembly, params string[] others) =>
        Assert.Empty(
            LiteralsOf(assembly)
                .Where(text => Regex.IsMatch(text, "--[A-Za-z]|\\btacit [a-z]", RegexOptions.NonBacktracking))
                .Except(others)
        );

    [Fact]
    public void Every_name_that_is_translated_to_an_option_is_one_that_a_library_uses()
    {
        var literals = new[] { "Tacit.Graphs", "Tacit.Inference", "Tacit.Learning" }.SelectMany(LiteralsOf).ToList();

        // The compiler keeps the parts of a name apart.
        Assert.All(
            OptionNames.All.SelectMany(name => name.Name.Split('.')),
            part => Assert.Contains(literals, text => text.Contains(part, StringComparison.Ordinal))
        );
    }

    [Fact]
    public void The_command_line_exports_nothing() => Assert.Empty(Load("tacit").GetExportedTypes().Select(type => type.FullName));

    private static Assembly Load(string name) => Assembly.Load(name);

    private static bool IsTorchModule(Type type) => type.BaseType?.Namespace?.StartsWith("TorchSharp", StringComparison.Ordinal) == true;

    private static List<string> LiteralsOf(string assembly)
    {
        using var file = File.OpenRead(Load(assembly).Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var literals = new List<string>();
        for (
            var literal = MetadataTokens.UserStringHandle(1);
            !literal.IsNil && metadata.GetHeapOffset(literal) < metadata.GetHeapSize(HeapIndex.UserString);
            literal = metadata.GetNextHandle(literal)
        )
        {
            literals.Add(metadata.GetUserString(literal));
        }

        return literals;
    }

    // Types and members of other assemblies that the code refers to: "System.Console", "Random.get_Shared".
    private static List<string> UsesOf(string assembly)
    {
        using var file = File.OpenRead(Load(assembly).Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var types = metadata
            .TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}");
        var members = metadata
            .MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member =>
                $"{metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name)}.{metadata.GetString(member.Name)}"
            );
        return [.. types, .. members];
    }
}
