using System.Reflection;
using System.Reflection.Emit;

namespace Tacit.Cli.Tests;

/// <summary>The dependencies between namespaces of an assembly: through base types, fields, parameters, return types and code.</summary>
internal static class NamespaceDependencies
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Instructions = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Returns the groups of namespaces in which each depends on every other, one line per group.</summary>
    public static IReadOnlyList<string> Cycles(Assembly assembly)
    {
        var uses = assembly
            .GetTypes()
            .SelectMany(type => Used(type).Distinct().Select(used => (From: type.Namespace ?? "", To: used)))
            .Where(use => use.To.Assembly == assembly && use.To.Namespace is not null && use.To.Namespace != use.From)
            .ToLookup(use => use.From, use => use.To.Namespace!);
        var reached = uses.ToDictionary(group => group.Key, group => Reach(group.Key, uses));
        return
        [
            .. reached
                .Keys.Where(name => reached[name].Contains(name))
                .Select(name =>
                    string.Join(
                        ", ",
                        reached[name].Where(other => reached.GetValueOrDefault(other)?.Contains(name) == true).Order(StringComparer.Ordinal)
                    )
                )
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private static HashSet<string> Reach(string start, ILookup<string, string> uses)
    {
        var seen = new HashSet<string>();
        var waiting = new Stack<string>(uses[start]);
        while (waiting.TryPop(out var next))
        {
            if (seen.Add(next))
            {
                foreach (var further in uses[next])
                {
                    waiting.Push(further);
                }
            }
        }

        return seen;
    }

    private static IEnumerable<Type> Used(Type type)
    {
        Type?[] direct =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Declared).Select(field => field.FieldType),
            .. type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)).SelectMany(OfMethod),
        ];
        return direct.OfType<Type>().SelectMany(Parts);
    }

    private static IEnumerable<Type?> OfMethod(MethodBase method)
    {
        var signature = method
            .GetParameters()
            .Select(parameter => (Type?)parameter.ParameterType)
            .Append((method as MethodInfo)?.ReturnType);
        return method.GetMethodBody() is { } body
            ? signature.Concat(body.LocalVariables.Select(local => local.LocalType)).Concat(OfCode(method, body))
            : signature;
    }

    private static IEnumerable<Type?> OfCode(MethodBase method, MethodBody body)
    {
        var code = body.GetILAsByteArray()!;
        var ofType = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length; )
        {
            var value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at];
            var instruction = Instructions[value];
            at += instruction.Size;
            if (
                instruction.OperandType
                is OperandType.InlineField
                    or OperandType.InlineMethod
                    or OperandType.InlineTok
                    or OperandType.InlineType
            )
            {
                var member = method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod);
                yield return member as Type ?? member?.DeclaringType;
                yield return member is MethodInfo called ? called.ReturnType : (member as FieldInfo)?.FieldType;
            }

            at += OperandSize(instruction.OperandType, code, at);
        }
    }

    private static int OperandSize(OperandType operand, byte[] code, int at) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
            _ => 4,
        };

    // A type, the type of its elements if it is an array, and its type arguments.
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.GetElementType() is { } element)
        {
            return Parts(element);
        }

        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
            : type.IsGenericParameter ? []
            : [type];
    }
}
