namespace Tacit.Graphs.WeightFiles;

/// <summary>The allow list of classes and functions that a PyTorch weight file may name.</summary>
/// <remarks>
/// <para>
/// A pickle can name any Python function, and a normal unpickler calls it. Here, each name on the list has a harmless replacement in C#.
/// Code from the file is never executed, and a name outside the list is rejected.
/// </para>
/// <para>
/// The list contains containers, the functions that rebuild tensors and parameters, storage classes and dtypes, and objects that training
/// scripts store in addition to weights, such as argparse.Namespace. The latter become placeholders.
/// </para>
/// </remarks>
internal sealed class PyTorchGlobals
{
    /// <summary>The storage classes and dtypes of PyTorch with their element types.</summary>
    private static readonly (string Storage, string Type, ElementType Element)[] Elements =
    [
        ("FloatStorage", "float32", ElementType.Float32),
        ("DoubleStorage", "float64", ElementType.Float64),
        ("HalfStorage", "float16", ElementType.Float16),
        ("BFloat16Storage", "bfloat16", ElementType.BFloat16),
        ("LongStorage", "int64", ElementType.Int64),
        ("IntStorage", "int32", ElementType.Int32),
        ("ShortStorage", "int16", ElementType.Int16),
        ("CharStorage", "int8", ElementType.Int8),
        ("ByteStorage", "uint8", ElementType.UInt8),
        ("BoolStorage", "bool", ElementType.Boolean),
    ];

    // The limit on copied list entries. It is far above what any network needs, and stops small files that copy the same list many times.
    private const int MostCopied = 4_000_000;

    private readonly Dictionary<string, PickleGlobal> _all;
    private readonly PyTorchSource _source;
    private long _copied;

    /// <summary>Creates the allow list for one file.</summary>
    /// <param name="source">The file, for errors.</param>
    public PyTorchGlobals(PyTorchSource source)
    {
        _source = source;
        PickleGlobal[] containers =
        [
            new("collections.OrderedDict", Dictionary),
            new("collections.defaultdict", _ => new PickleDictionary()),
            new("builtins.set", List),
            new("__builtin__.set", List),
            new("builtins.frozenset", List),
            new("__builtin__.frozenset", List),
            new("builtins.list"),
            new("__builtin__.list"),
            new("builtins.dict"),
            new("__builtin__.dict"),
            new("torch.Size", arguments => arguments is [object?[] sizes] ? sizes : throw Wrong("torch.Size")),
        ];
        PickleGlobal[] tensors =
        [
            new("torch._utils._rebuild_tensor", Tensor),
            new("torch._utils._rebuild_tensor_v2", Tensor),
            new("torch._utils._rebuild_tensor_v3", TensorOfType),
            new("torch._utils._rebuild_parameter", Inner),
            new("torch._utils._rebuild_parameter_with_state", Inner),
            new("torch._tensor._rebuild_from_type_v2", OfSubclass),
            new("torch.storage.UntypedStorage", Element: ElementType.UInt8),
            new("torch.UntypedStorage", Element: ElementType.UInt8),
        ];

        // Objects that training scripts store in addition to the weights. They are replaced by a placeholder.
        string[] bystanders =
        [
            "argparse.Namespace",
            "collections.Counter",
            "torch.device",
            "torch.Tensor",
            "torch.nn.parameter.Parameter",
            "torch.nn.Parameter",
            "torch.serialization._get_layout",
            "numpy.dtype",
            "numpy.core.multiarray.scalar",
            "numpy._core.multiarray.scalar",
            "_codecs.encode",
        ];
        _all = containers
            .Concat(tensors)
            .Concat(bystanders.Select(name => new PickleGlobal(name, _ => PickleBystander.Instance)))
            .Concat(
                Elements.SelectMany(element =>
                    new[] { element.Storage, element.Type }.Select(name => new PickleGlobal($"torch.{name}", Element: element.Element))
                )
            )
            .ToDictionary(global => global.Name, StringComparer.Ordinal);
    }

    /// <summary>Returns the entry for a name, or null when the name is not allowed.</summary>
    /// <param name="module">The Python module, such as "torch._utils".</param>
    /// <param name="name">The name in the module, such as "_rebuild_tensor_v2".</param>
    public PickleGlobal? Find(string module, string name) => _all.GetValueOrDefault($"{module}.{name}");

    /// <summary>Rebuilds collections.OrderedDict from nothing or from one list of pairs.</summary>
    private PickleDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments is [List<object?> pairs])
        {
            _copied += pairs.Count;
            if (_copied > MostCopied)
            {
                throw Wrong("collections.OrderedDict");
            }

            dictionary.Entries.AddRange(
                pairs.Select(pair =>
                    pair is object?[] and [var key, var value] ? KeyValuePair.Create(key, value)
                    : pair is List<object?> and [var first, var second] ? KeyValuePair.Create(first, second)
                    : throw Wrong("collections.OrderedDict")
                )
            );
        }
        else if (arguments.Length > 0)
        {
            throw Wrong("collections.OrderedDict");
        }

        return dictionary;
    }

    /// <summary>Rebuilds a set as a list. Sets do not contain weights.</summary>
    private static List<object?> List(object?[] arguments) => arguments is [List<object?> items] ? items : [];

    /// <summary>Rebuilds a tensor from (storage, offset, sizes, strides, …). Offset and strides count elements.</summary>
    private StoredTensor Tensor(object?[] arguments) =>
        arguments is [TensorStorage storage, long offset, object?[] sizes, object?[] strides, ..]
            ? Tensor(storage, storage.Element, offset, sizes, strides)
            : throw Wrong("a tensor");

    /// <summary>Rebuilds a tensor from (storage of bytes, offset, sizes, strides, requires_grad, hooks, dtype, …).</summary>
    private StoredTensor TensorOfType(object?[] arguments) =>
        arguments
            is [TensorStorage storage, long offset, object?[] sizes, object?[] strides, _, _, PickleGlobal { Element: { } element }, ..]
            ? Tensor(storage, element, offset, sizes, strides)
            : throw Wrong("a tensor");

    /// <summary>Rebuilds a tensor subclass from (function, class, arguments, state) as a plain tensor.</summary>
    private object? OfSubclass(object?[] arguments) =>
        arguments is [PickleGlobal { Make: { } make }, _, object?[] inner, ..] ? make(inner) : throw Wrong("a tensor");

    /// <summary>Returns the tensor of a parameter, the first argument.</summary>
    private StoredTensor Inner(object?[] arguments) => arguments is [StoredTensor tensor, ..] ? tensor : throw Wrong("a parameter");

    /// <summary>
    /// Creates a view after checking that offset, sizes and strides are not negative. Its end is checked when it is read.
    /// </summary>
    private StoredTensor Tensor(TensorStorage storage, ElementType element, long offset, object?[] sizes, object?[] strides) =>
        offset >= 0
        && sizes.Length == strides.Length
        && sizes.Length <= PyTorchSource.LargestRank
        && sizes.Concat(strides).All(number => number is >= 0L)
            ? new StoredTensor(storage, element, offset, [.. sizes.Cast<long>()], [.. strides.Cast<long>()])
            : throw Wrong("a tensor");

    private InvalidFileException Wrong(string what) => _source.Invalid($"its pickle makes {what} from arguments that do not fit");
}
