using System.Reflection;
using System.Reflection.Emit;

namespace Tacit.Cli.Tests;

/// <summary>Which namespaces of an assembly name types of which others, in signatures and in code. Constants leave no trace there.</summary>
internal static class NamespaceUses
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>For each namespace the others that it uses.</summary>
    public static ILookup<string, string> Of(Assembly assembly) =>
        assembly
            .GetTypes()
            .Where(type => type.Namespace is not null)
            .SelectMany(type => Used(type).SelectMany(Parts).Select(used => (From: type.Namespace!, To: used)))
            .Where(use => use.To.Assembly == assembly && use.To.Namespace is not null && use.To.Namespace != use.From)
            .Select(use => (use.From, To: use.To.Namespace!))
            .Distinct()
            .ToLookup(use => use.From, use => use.To);

    /// <summary>The shortest way from a namespace over others back to it; empty where there is none.</summary>
    public static IReadOnlyList<string> PathBack(ILookup<string, string> uses, string name)
    {
        var (cameFrom, next) = (new Dictionary<string, string>(), new Queue<string>([name]));
        while (next.TryDequeue(out var place))
        {
            foreach (var used in uses[place].Where(used => cameFrom.TryAdd(used, place)))
            {
                next.Enqueue(used);
            }
        }

        if (!cameFrom.ContainsKey(name))
        {
            return [];
        }

        var path = new List<string> { name };
        do
        {
            path.Insert(0, cameFrom[path[0]]);
        } while (path[0] != name);
        return path;
    }

    private static IEnumerable<Type> Used(Type type)
    {
        var methods = type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)).ToList();
        return type.GetInterfaces()
            .Append(type.BaseType)
            .Concat(type.GetFields(All).Select(field => field.FieldType))
            .Concat(methods.SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType)))
            .Concat(methods.OfType<MethodInfo>().Select(method => method.ReturnType))
            .Concat(methods.SelectMany(InCode))
            .OfType<Type>();
    }

    private static IEnumerable<Type> InCode(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            yield break;
        }

        foreach (var local in body.LocalVariables)
        {
            yield return local.LocalType;
        }

        var code = body.GetILAsByteArray()!;
        for (var at = 0; at < code.Length; )
        {
            var first = code[at++];
            var opcode = OpCodesByValue[first == 0xFE ? (short)(0xFE00 | code[at++]) : first];
            switch (opcode.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    var member = method.Module.ResolveMember(
                        BitConverter.ToInt32(code, at),
                        method.DeclaringType!.GetGenericArguments(),
                        method.IsGenericMethodDefinition ? method.GetGenericArguments() : null
                    )!;
                    foreach (var type in new[] { member as Type ?? member.DeclaringType, (member as FieldInfo)?.FieldType })
                    {
                        if (type is not null)
                        {
                            yield return type;
                        }
                    }

                    foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
                    {
                        yield return argument;
                    }

                    at += 4;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(code, at));
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at++;
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    // A type and those that it is made of: of Dictionary<A, B[]> also A and B.
    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType
            ? Parts(type.GetElementType()!)
            : type.GetGenericArguments().SelectMany(Parts).Append(type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type);
}
