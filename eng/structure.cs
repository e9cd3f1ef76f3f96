#:package Microsoft.CodeAnalysis.CSharp
#:property TargetFramework=net10.0
#:property PublishAot=false
#:property RunAnalyzers=false
#:property RestorePackagesWithLockFile=false

// Measures the structure of src: dotnet run eng/structure.cs -- [CHECKOUT]
// CHECKOUT (default: the current folder) must have been built in release. Prints a Markdown table.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

var checkout = Path.GetFullPath(args.Length > 0 ? args[0] : ".");
string[] assemblies = ["Tacit.Graphs", "Tacit.Inference", "Tacit.Learning", "Tacit.Cli"]; // each may refer to those before it

var packages = Path.Combine(checkout, "artifacts/bin/Tacit.Cli/release");
if (!Directory.Exists(packages))
{
    Console.Error.WriteLine($"{packages} is missing; build first: dotnet build Tacit.slnx -c Release");
    return 2;
}

var metadata = Directory
    .EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
    .Concat(
        Directory
            .EnumerateFiles(packages, "*.dll")
            .Where(path => !Path.GetFileName(path).StartsWith("tacit", StringComparison.OrdinalIgnoreCase))
    )
    .Where(IsManaged)
    .Select(MetadataReference (path) => MetadataReference.CreateFromFile(path))
    .ToList();

var compilations = new List<CSharpCompilation>();
foreach (var assembly in assemblies)
{
    var generated = Path.Combine(checkout, "artifacts/obj", assembly, "release");
    var trees = Sources(Path.Combine(checkout, "src", assembly))
        .Concat(
            Directory.Exists(generated) ? Sources(generated).Where(path => !path.EndsWith("AssemblyInfo.cs", StringComparison.Ordinal)) : []
        )
        .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path));
    var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
    compilations.Add(
        CSharpCompilation.Create(assembly, trees, [.. metadata, .. compilations.Select(earlier => earlier.ToMetadataReference())], options)
    );
}

var files = compilations.SelectMany(compilation => compilation.SyntaxTrees.Where(IsOurs).Select(tree => (compilation, tree))).ToList();
var lines = files.ToDictionary(file => file.tree, file => file.tree.GetText().Lines.Select(line => line.ToString().Trim()).ToArray());
var documentation = lines.Values.Sum(text => text.Count(line => line.StartsWith("///", StringComparison.Ordinal)));
var total = lines.Values.Sum(text => text.Length);
var methods = files
    .SelectMany(file => file.tree.GetRoot().DescendantNodes())
    .Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax { Body: not null } or LocalFunctionStatementSyntax)
    .Select(Length)
    .ToList();

var types = new List<INamedTypeSymbol>();
var uses = new HashSet<(INamedTypeSymbol From, INamedTypeSymbol To)>(new PairComparer());
foreach (var (compilation, tree) in files)
{
    var model = compilation.GetSemanticModel(tree);
    foreach (var declaration in tree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>())
    {
        if (
            declaration is not (BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            || model.GetDeclaredSymbol(declaration) is not INamedTypeSymbol type
        )
        {
            continue;
        }

        types.Add(type);
        foreach (var name in declaration.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var symbol = model.GetSymbolInfo(name).Symbol;
            if ((symbol as INamedTypeSymbol ?? symbol?.ContainingType)?.OriginalDefinition is { } used && IsProjects(used))
            {
                uses.Add((Outermost(type), Outermost(used)));
            }
        }
    }
}

types = [.. types.Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default)];
var isPublic = types.Where(type => Visible(type)).ToList();
var members = isPublic.Sum(type =>
    type.GetMembers()
        .Count(member => !member.IsImplicitlyDeclared && Visible(member) && member is not IMethodSymbol { AssociatedSymbol: not null })
);
var knots = compilations.SelectMany(compilation => Knots(compilation.AssemblyName!)).ToList();
var internalCandidates = isPublic.Count(type =>
    type.ContainingType is null
    && type.ContainingAssembly.Name == "Tacit.Learning"
    && !uses.Any(use => Same(use.To, type) && use.From.ContainingAssembly.Name != type.ContainingAssembly.Name)
);
var hast = types
    .Where(type => type.ContainingType is null && Folder(type).EndsWith("/Quantization/Hast", StringComparison.Ordinal))
    .ToList();
var hastUses = uses.Where(use => hast.Any(type => Same(type, use.From)) && !hast.Any(type => Same(type, use.To)))
    .Select(use => use.To.ToDisplayString())
    .Distinct()
    .Count();
var method = files
    .Where(file =>
        file.tree.GetRoot()
            .DescendantTokens()
            .Any(token =>
                token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText.Contains("SimSiam", StringComparison.OrdinalIgnoreCase)
            )
    )
    .Select(file => Path.GetRelativePath(checkout, file.tree.FilePath))
    .ToList();

Console.WriteLine(
    $"""
    | measure | value |
    |---|---:|
    | files | {files.Count} |
    | lines | {total} |
    | lines of a file, median and 90th percentile | {Percentile(lines.Values.Select(text => text.Length), 50)}, {Percentile(
        lines.Values.Select(text => text.Length),
        90
    )} |
    | lines of a method, median and 90th percentile | {Percentile(methods, 50)}, {Percentile(methods, 90)} |
    | lines of documentation, % | {100.0 * documentation / total:F1} |
    | types, public types | {types.Count}, {isPublic.Count} |
    | public members | {members} |
    | public types of Tacit.Learning that no other assembly here uses | {internalCandidates} |
    | namespaces in cycles, number of cycles | {knots.Sum(knot => knot.Count)}, {knots.Count} |
    | lines in runs of six or more that are repeated elsewhere | {Repeated(lines.Values)} |
    | types outside Quantization/Hast that it uses | {hastUses} |
    | files that name one pretraining method (SimSiam) | {method.Count} |
    """
);
foreach (var knot in knots)
{
    Console.WriteLine($"\ncycle: {string.Join(", ", knot)}");
}

Console.WriteLine($"\nnamed: {string.Join(", ", method)}");
return 0;

bool IsOurs(SyntaxTree tree) =>
    tree.FilePath.StartsWith(Path.Combine(checkout, "src") + Path.DirectorySeparatorChar, StringComparison.Ordinal);

bool IsProjects(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Any(reference => IsOurs(reference.SyntaxTree));

static IEnumerable<string> Sources(string folder) =>
    Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

static bool IsManaged(string path)
{
    using var file = File.OpenRead(path);
    using var image = new System.Reflection.PortableExecutable.PEReader(file);
    return image.HasMetadata;
}

static int Length(SyntaxNode node)
{
    var span = node.GetLocation().GetLineSpan();
    return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
}

static int Percentile(IEnumerable<int> values, int percent)
{
    var sorted = values.Order().ToArray();
    return sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
}

// Comments, using directives, blank lines and lines of brackets alone do not count.
static int Repeated(IEnumerable<string[]> files)
{
    const int run = 6;
    var code = files
        .Select(text =>
            text.Where(line => line.Any(char.IsLetterOrDigit) && !line.StartsWith("//") && !line.StartsWith("using ")).ToArray()
        )
        .ToList();
    var windows = code.SelectMany((text, file) => Enumerable.Range(0, Math.Max(0, text.Length - run + 1)).Select(start => (file, start)))
        .GroupBy(window => string.Join('\n', code[window.file][window.start..(window.start + run)]))
        .Where(group => group.Count() > 1)
        .SelectMany(group => group);
    return windows.SelectMany(window => Enumerable.Range(window.start, run).Select(line => (window.file, line))).Distinct().Count();
}

static bool Visible(ISymbol symbol) =>
    symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
    && (symbol.ContainingType is null || Visible(symbol.ContainingType));

static INamedTypeSymbol Outermost(INamedTypeSymbol type) => type.ContainingType is { } outer ? Outermost(outer) : type;

static bool Same(ISymbol one, ISymbol other) =>
    one.ToDisplayString() == other.ToDisplayString() && one.ContainingAssembly.Name == other.ContainingAssembly.Name;

static string Folder(INamedTypeSymbol type) =>
    Path.GetDirectoryName(type.DeclaringSyntaxReferences[0].SyntaxTree.FilePath)!.Replace('\\', '/');

// Sets of namespaces of an assembly in which each reaches every other.
List<List<string>> Knots(string assembly)
{
    var edges = uses.Where(use => use.From.ContainingAssembly.Name == assembly && use.To.ContainingAssembly.Name == assembly)
        .Select(use => (From: use.From.ContainingNamespace.ToDisplayString(), To: use.To.ContainingNamespace.ToDisplayString()))
        .Where(edge => edge.From != edge.To)
        .ToLookup(edge => edge.From, edge => edge.To);
    var reached = edges.ToDictionary(group => group.Key, group => Reach(group.Key));
    return
    [
        .. reached
            .Keys.Where(one => reached[one].Contains(one))
            .GroupBy(one =>
                string.Join(
                    ' ',
                    reached[one]
                        .Where(other => reached.TryGetValue(other, out var back) && back.Contains(one))
                        .Order(StringComparer.Ordinal)
                )
            )
            .Select(group => group.Order(StringComparer.Ordinal).ToList()),
    ];

    HashSet<string> Reach(string start)
    {
        var seen = new HashSet<string>();
        var waiting = new Stack<string>(edges[start]);
        while (waiting.TryPop(out var next))
        {
            if (seen.Add(next))
            {
                foreach (var further in edges[next])
                {
                    waiting.Push(further);
                }
            }
        }

        return seen;
    }
}

internal sealed class PairComparer : IEqualityComparer<(INamedTypeSymbol From, INamedTypeSymbol To)>
{
    public bool Equals((INamedTypeSymbol From, INamedTypeSymbol To) x, (INamedTypeSymbol From, INamedTypeSymbol To) y) =>
        Name(x.From) == Name(y.From) && Name(x.To) == Name(y.To);

    public int GetHashCode((INamedTypeSymbol From, INamedTypeSymbol To) pair) => HashCode.Combine(Name(pair.From), Name(pair.To));

    private static string Name(INamedTypeSymbol type) => $"{type.ContainingAssembly.Name}:{type.ToDisplayString()}";
}
