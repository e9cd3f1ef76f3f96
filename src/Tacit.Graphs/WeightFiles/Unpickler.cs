using System.Numerics;

namespace Tacit.Graphs.WeightFiles;

/// <summary>Builds the objects of one pickle without executing any code from it.</summary>
/// <remarks>
/// Python objects become null, <see cref="bool"/>, <see cref="long"/>, <see cref="BigInteger"/>, <see cref="double"/>,
/// <see cref="string"/>, byte arrays, object arrays (tuples), lists (lists and sets), <see cref="PickleDictionary"/>, and the objects of
/// <see cref="PyTorchGlobals"/>. A class or function outside that list is rejected as soon as it is named. Protocols 2 to 5 are supported.
/// </remarks>
/// <param name="input">The pickle.</param>
/// <param name="globals">The classes and functions that the pickle may name.</param>
/// <param name="find">Returns the object for a persistent id. Null when the pickle may not contain any.</param>
internal sealed class Unpickler(PickleInput input, PyTorchGlobals globals, Func<object?, object?>? find = null)
{
    // A tensor takes about 30 operations, and a network has some hundreds of tensors.
    private const int MostOperations = 4_000_000;
    private const int LongestNumber = 255;

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];

    /// <summary>Reads the pickle and returns its object.</summary>
    /// <exception cref="InvalidFileException">
    /// The pickle is damaged, takes more than four million operations, or names a class or function that is not allowed.
    /// </exception>
    public object? Load()
    {
        for (var count = 0; count < MostOperations; count++)
        {
            var code = (PickleOpcode)input.Byte();
            if (code == PickleOpcode.Stop)
            {
                return Pop();
            }

            Apply(code);
        }

        throw input.Source.Invalid($"its pickle takes more than {MostOperations} operations", input.Position);
    }

    private void Apply(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Protocol:
                CheckProtocol(input.Byte());
                break;
            case PickleOpcode.Frame:
                input.UInt64();
                break;
            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.Duplicate:
                Push(Top());
                break;
            case PickleOpcode.Put:
                _memo[input.Byte()] = Top();
                break;
            case PickleOpcode.PutFar:
                _memo[input.UInt32()] = Top();
                break;
            case PickleOpcode.Memoize:
                _memo[_memo.Count] = Top();
                break;
            case PickleOpcode.Get:
                Push(Recall(input.Byte()));
                break;
            case PickleOpcode.GetFar:
                Push(Recall(input.UInt32()));
                break;
            default:
                if (!Holds(code) && !Makes(code))
                {
                    Push(Value(code));
                }

                break;
        }
    }

    /// <summary>Returns the number, text or empty container that an operation pushes.</summary>
    private object? Value(PickleOpcode code) =>
        code switch
        {
            PickleOpcode.None => null,
            PickleOpcode.True => true,
            PickleOpcode.False => false,
            PickleOpcode.UInt8 => (long)input.Byte(),
            PickleOpcode.UInt16 => (long)input.UInt16(),
            PickleOpcode.Int32 => (long)input.Int32(),
            PickleOpcode.Long => Number(input.Byte()),
            PickleOpcode.LongFar => Number(input.UInt32()),
            PickleOpcode.Float => input.Double(),
            PickleOpcode.ShortUnicode or PickleOpcode.ShortText => input.Text(input.Byte()),
            PickleOpcode.Unicode or PickleOpcode.LongText => input.Text(input.UInt32()),
            PickleOpcode.UnicodeFar => input.Text(input.UInt64()),
            PickleOpcode.ShortBytes => input.Bytes(input.Byte()),
            PickleOpcode.Bytes => input.Bytes(input.UInt32()),
            PickleOpcode.BytesFar or PickleOpcode.ByteArray => input.Bytes(input.UInt64()),
            PickleOpcode.EmptyTuple => Array.Empty<object?>(),
            PickleOpcode.EmptyList or PickleOpcode.EmptySet => new List<object?>(),
            PickleOpcode.EmptyDictionary => new PickleDictionary(),
            _ => throw input.Source.Invalid(
                $"its pickle holds the operation 0x{(byte)code:x2}, which torch.save does not write",
                input.Position - 1
            ),
        };

    /// <summary>Applies an operation that builds or fills a container. Returns false for other operations.</summary>
    private bool Holds(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Tuple1:
                Push(PopAll(1));
                return true;
            case PickleOpcode.Tuple2:
                Push(PopAll(2));
                return true;
            case PickleOpcode.Tuple3:
                Push(PopAll(3));
                return true;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                return true;
            case PickleOpcode.FrozenSet:
                Push(PopToMark().ToList());
                return true;
            case PickleOpcode.Append:
                AddTo(PopAll(1));
                return true;
            case PickleOpcode.AppendAll or PickleOpcode.AddItems:
                AddTo(PopToMark());
                return true;
            case PickleOpcode.SetItem:
                SetIn(PopAll(2));
                return true;
            case PickleOpcode.SetItems:
                SetIn(PopToMark());
                return true;
            default:
                return false;
        }
    }

    /// <summary>Applies an operation that names a class or function, or creates an object. Returns false for other operations.</summary>
    private bool Makes(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Global:
                Push(Global(input.Line(), input.Line()));
                return true;
            case PickleOpcode.StackGlobal:
                Push(
                    PopAll(2) is [string module, string name]
                        ? Global(module, name)
                        : throw Wrong("names a class by something that is not a string")
                );
                return true;
            case PickleOpcode.Instance:
                Push(Make(Global(input.Line(), input.Line()), PopToMark()));
                return true;
            case PickleOpcode.Object:
                Push(PopToMark() is [var made, .. var its] ? Make(made, its) : throw Wrong("makes an object from nothing"));
                return true;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                Push(
                    PopAll(2) is [var called, object?[] arguments]
                        ? Make(called, arguments)
                        : throw Wrong("calls a function without arguments")
                );
                return true;
            case PickleOpcode.NewObjectNamed:
                Push(
                    PopAll(3) is [var type, object?[] unnamed, _] ? Make(type, unnamed) : throw Wrong("makes an object without arguments")
                );
                return true;
            case PickleOpcode.Build:
                // The additional state of an object, such as the module versions of a state dict, is not needed.
                Pop();
                Top();
                return true;
            case PickleOpcode.PersistentId:
                var id = Pop();
                Push(find is null ? throw Wrong("points outside itself") : find(id));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Computes the replacement of a call. Only entries of the allow list that can be called are allowed.</summary>
    private object? Make(object? called, object?[] arguments) =>
        called is PickleGlobal { Make: { } make }
            ? make(arguments)
            : throw Wrong($"calls {(called as PickleGlobal)?.Name ?? "something"}, which cannot be called");

    private PickleGlobal Global(string module, string name) =>
        globals.Find(module, name) ?? throw input.Source.Refused($"{module}.{name}", input.Position);

    private void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > 5)
        {
            throw input.Source.Invalid($"its pickle is of protocol {protocol}; 2 to 5 can be read", input.Position - 1);
        }
    }

    /// <summary>Reads a little-endian signed integer of at most 255 bytes. The magic number of old files exceeds 64 bits.</summary>
    private object Number(uint bytes)
    {
        if (bytes > LongestNumber)
        {
            throw Wrong($"holds a number of {bytes} bytes");
        }

        var number = new BigInteger(input.Bytes(bytes));
        return number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;
    }

    private object? Recall(long place) =>
        _memo.TryGetValue(place, out var value) ? value : throw Wrong($"recalls object {place}, which it has not stored");

    /// <summary>Appends items to the list on top of the stack. Items of skipped objects are ignored.</summary>
    private void AddTo(object?[] items)
    {
        // The contents of skipped objects are not read.
        if (Top() is List<object?> list)
        {
            list.AddRange(items);
        }
        else if (Top() is not PickleBystander)
        {
            throw Wrong("appends to something that is not a list");
        }
    }

    /// <summary>Adds keys and values to the dictionary on top of the stack. Those of skipped objects are ignored.</summary>
    private void SetIn(object?[] items)
    {
        if (items.Length % 2 != 0 || Top() is not (PickleDictionary or PickleBystander))
        {
            throw Wrong("sets an item of something that is not a dictionary");
        }

        for (var i = 0; i < items.Length && Top() is PickleDictionary dictionary; i += 2)
        {
            dictionary.Entries.Add(KeyValuePair.Create(items[i], items[i + 1]));
        }
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop() => PopAll(1)[0];

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Wrong("takes an object that does not exist");

    /// <summary>The height of the stack at the last mark. Objects below it cannot be popped.</summary>
    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    private object?[] PopAll(int count)
    {
        if (_stack.Count - count < Floor)
        {
            throw Wrong("takes an object that does not exist");
        }

        object?[] items = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object?[] PopToMark()
    {
        var items = _marks.TryPeek(out var mark) ? PopAll(_stack.Count - mark) : throw Wrong("goes back to a mark that does not exist");
        _marks.Pop();
        return items;
    }

    private InvalidFileException Wrong(string what) => input.Source.Invalid($"its pickle {what}", input.Position);
}
