namespace Tacit.Graphs.WeightFiles;

/// <summary>The operations of Python's pickle protocols 2 to 5, and those of older protocols that name or create objects.</summary>
/// <remarks>The operations work on a stack of objects and a numbered memo. CPython documents them in Lib/pickletools.py.</remarks>
internal enum PickleOpcode : byte
{
    /// <summary>Pushes a mark, to which later operations pop.</summary>
    Mark = (byte)'(',

    /// <summary>Ends the pickle; the top of the stack is its object.</summary>
    Stop = (byte)'.',

    /// <summary>Removes the top of the stack.</summary>
    Pop = (byte)'0',

    /// <summary>Removes everything down to the last mark.</summary>
    PopMark = (byte)'1',

    /// <summary>Pushes the top of the stack again.</summary>
    Duplicate = (byte)'2',

    /// <summary>Pushes a big-endian 64-bit floating-point number.</summary>
    Float = (byte)'G',

    /// <summary>Pushes a signed 32-bit integer.</summary>
    Int32 = (byte)'J',

    /// <summary>Pushes an unsigned 8-bit integer.</summary>
    UInt8 = (byte)'K',

    /// <summary>Pushes an unsigned 16-bit integer.</summary>
    UInt16 = (byte)'M',

    /// <summary>Pushes None.</summary>
    None = (byte)'N',

    /// <summary>Replaces an id on the stack with the external object it refers to.</summary>
    PersistentId = (byte)'Q',

    /// <summary>Calls a function with a tuple of arguments.</summary>
    Reduce = (byte)'R',

    /// <summary>Pushes a Python 2 string with a 32-bit length.</summary>
    LongText = (byte)'T',

    /// <summary>Pushes a Python 2 string with an 8-bit length.</summary>
    ShortText = (byte)'U',

    /// <summary>Pushes a UTF-8 string with a 32-bit length.</summary>
    Unicode = (byte)'X',

    /// <summary>Appends one item to a list.</summary>
    Append = (byte)'a',

    /// <summary>Sets the state of an object.</summary>
    Build = (byte)'b',

    /// <summary>Pushes a class or function named by two lines of text.</summary>
    Global = (byte)'c',

    /// <summary>Appends the items above the last mark to a list.</summary>
    AppendAll = (byte)'e',

    /// <summary>Pushes an empty list.</summary>
    EmptyList = (byte)']',

    /// <summary>Pushes an object from the memo by an 8-bit index.</summary>
    Get = (byte)'h',

    /// <summary>Creates an object of a class named by two lines of text, with the arguments above the last mark.</summary>
    Instance = (byte)'i',

    /// <summary>Pushes an object from the memo by a 32-bit index.</summary>
    GetFar = (byte)'j',

    /// <summary>Creates an object of the class above the last mark, with the arguments after it.</summary>
    Object = (byte)'o',

    /// <summary>Stores the top of the stack in the memo under an 8-bit index.</summary>
    Put = (byte)'q',

    /// <summary>Stores the top of the stack in the memo under a 32-bit index.</summary>
    PutFar = (byte)'r',

    /// <summary>Sets one key and value in a dictionary.</summary>
    SetItem = (byte)'s',

    /// <summary>Makes a tuple of the objects above the last mark.</summary>
    Tuple = (byte)'t',

    /// <summary>Pushes an empty tuple.</summary>
    EmptyTuple = (byte)')',

    /// <summary>Sets the keys and values above the last mark in a dictionary.</summary>
    SetItems = (byte)'u',

    /// <summary>Pushes an empty dictionary.</summary>
    EmptyDictionary = (byte)'}',

    /// <summary>Pushes bytes with a 32-bit length.</summary>
    Bytes = (byte)'B',

    /// <summary>Pushes bytes with an 8-bit length.</summary>
    ShortBytes = (byte)'C',

    /// <summary>Declares the protocol version in one byte.</summary>
    Protocol = 0x80,

    /// <summary>Creates an object of a class from a tuple of arguments.</summary>
    NewObject = 0x81,

    /// <summary>Makes a tuple of the top object.</summary>
    Tuple1 = 0x85,

    /// <summary>Makes a tuple of the top two objects.</summary>
    Tuple2 = 0x86,

    /// <summary>Makes a tuple of the top three objects.</summary>
    Tuple3 = 0x87,

    /// <summary>Pushes True.</summary>
    True = 0x88,

    /// <summary>Pushes False.</summary>
    False = 0x89,

    /// <summary>Pushes an integer of arbitrary size with an 8-bit length.</summary>
    Long = 0x8a,

    /// <summary>Pushes an integer of arbitrary size with a 32-bit length.</summary>
    LongFar = 0x8b,

    /// <summary>Pushes a UTF-8 string with an 8-bit length.</summary>
    ShortUnicode = 0x8c,

    /// <summary>Pushes a UTF-8 string with a 64-bit length.</summary>
    UnicodeFar = 0x8d,

    /// <summary>Pushes bytes with a 64-bit length.</summary>
    BytesFar = 0x8e,

    /// <summary>Pushes an empty set.</summary>
    EmptySet = 0x8f,

    /// <summary>Adds the items above the last mark to a set.</summary>
    AddItems = 0x90,

    /// <summary>Makes a frozen set of the objects above the last mark.</summary>
    FrozenSet = 0x91,

    /// <summary>Creates an object of a class from positional and named arguments.</summary>
    NewObjectNamed = 0x92,

    /// <summary>Replaces a module name and a name on the stack with the class or function.</summary>
    StackGlobal = 0x93,

    /// <summary>Stores the top of the stack in the memo under the next index.</summary>
    Memoize = 0x94,

    /// <summary>Announces the length of the following frame in 64 bits.</summary>
    Frame = 0x95,

    /// <summary>Pushes a byte array with a 64-bit length.</summary>
    ByteArray = 0x96,
}
