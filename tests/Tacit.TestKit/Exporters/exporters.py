"""Writes small networks in the exact forms of exporters that the tests cannot run: python3 exporters.py (needs onnx and numpy).

The weights are random; those of norms are drawn so that activations neither vanish nor explode.
"""

import os

import numpy as np
from onnx import AttributeProto, FunctionProto, TensorProto, helper, numpy_helper

CLASSES = 4
SIZE = 16


class File:
    """A graph while it is written."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)
        self.nodes, self.initializers, self.value_info = [], [], []

    def weight(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def constant(self, name, array):
        array = np.asarray(array)
        self.nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(array, name), name="node_Constant_" + name))
        return name

    def node(self, op, inputs, output, **attributes):
        domain = attributes.pop("domain", None)
        node = helper.make_node(op, inputs, output if isinstance(output, list) else [output], name="node_" + (output[0] if isinstance(output, list) else output), domain=domain, **attributes)
        self.nodes.append(node)
        return node.output[0]

    def kernel(self, outputs, inputs, size, groups=1):
        fan = inputs // groups * size * size
        return (self.random.randn(outputs, inputs // groups, size, size) * np.sqrt(2 / fan)).astype(np.float32)

    def norm(self, channels, variance=1.0):
        return {
            "weight": (1 + 0.2 * self.random.randn(channels)).astype(np.float32),
            "bias": (0.2 * self.random.randn(channels)).astype(np.float32),
            "running_mean": (0.1 * self.random.randn(channels)).astype(np.float32),
            "running_var": (variance * np.exp(0.2 * self.random.randn(channels))).astype(np.float32),
        }

    def save(self, name, inputs, outputs, opset, producer, functions=(), domains=(), ir=8, metadata=()):
        graph = helper.make_graph(self.nodes, "main_graph", inputs, outputs, self.initializers, value_info=self.value_info)
        imports = [helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, 1) for domain in domains]
        model = helper.make_model(graph, opset_imports=imports, producer_name=producer, functions=list(functions))
        model.ir_version = ir
        for key, value in metadata:
            model.metadata_props.add(key=key, value=value)
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
        with open(path, "wb") as file:
            file.write(model.SerializeToString())
        print(name, os.path.getsize(path))


def folded(kernel, norm, epsilon):
    scale = norm["weight"] / np.sqrt(norm["running_var"] + epsilon)
    return kernel * scale.reshape(-1, *[1] * (kernel.ndim - 1)), norm["bias"] - norm["running_mean"] * scale


# PyTorch: torch.onnx.export(..., dynamo=True)


def field(number, payload):
    return bytes([number << 3 | 2, len(payload)]) + payload if len(payload) < 128 else bytes([number << 3 | 2, len(payload) & 127 | 128, len(payload) >> 7]) + payload


def annotated(file):
    """Gives each node the metadata_props that format version 10 has, which this version of the onnx package does not know."""
    for node in file.nodes:
        for key, value in [
            ("pkg.torch.onnx.class_hierarchy", "['net.ResNet', 'aten.%s']" % node.output[0]),
            ("pkg.torch.onnx.fx_node", "%%%s : [num_users=1] = call_function[target=torch.ops.aten.default](args = (), kwargs = {})" % node.output[0]),
            ("pkg.torch.onnx.name_scopes", "['', '%s']" % node.output[0]),
            ("pkg.torch.onnx.stack_trace", 'File "net.py", line 12, in forward\n    x = self.relu(x)'),
        ]:
            node.MergeFromString(field(9, field(1, key.encode()) + field(2, value.encode())))


def dynamo(name, keeps_norms, seed):
    """A ResNet of two blocks, whose functions are inlined and whose constants are folded as far as the exporter does it."""
    file = File(seed)
    convolutions, sums, relus, items = [0], [0], [0], [0]

    def numbered(base, counter):
        counter[0] += 1
        return base if counter[0] == 1 else "%s_%d" % (base, counter[0] - 1)

    def convolution(path, x, outputs, inputs, size, stride=1):
        kernel, norm = file.kernel(outputs, inputs, size), file.norm(outputs, 2.0)
        attributes = dict(auto_pad="NOTSET", dilations=[1, 1], group=1, pads=[size // 2] * 4, strides=[stride, stride])
        value = numbered("conv2d", convolutions)
        norm_path = path.replace("conv", "bn").replace("downsample.0", "downsample.1")
        if not keeps_norms:
            kernel, bias = folded(kernel, norm, 1e-5)
            file.node("Conv", [x, file.weight(path + ".weight", kernel), file.weight(norm_path + ".bias", bias)], value, **attributes)
            return value
        file.node("Conv", [x, file.weight(path + ".weight", kernel)], value, **attributes)
        names = [file.weight("%s.%s" % (norm_path, part), norm[part]) for part in ("weight", "bias", "running_mean", "running_var")]
        items[0] += 1
        item = "getitem" if items[0] == 1 else "getitem_%d" % (3 * (items[0] - 1))
        return file.node("BatchNormalization", [value] + names, item, epsilon=1e-5, momentum=0.9, training_mode=0)

    def relu(x):
        return file.node("Relu", [x], numbered("relu", relus))

    def block(path, x, outputs, inputs, stride):
        value = relu(convolution(path + ".conv1", x, outputs, inputs, 3, stride))
        value = convolution(path + ".conv2", value, outputs, outputs, 3)
        if stride != 1 or inputs != outputs:
            x = convolution(path + ".downsample.0", x, outputs, inputs, 1, stride)
        sums[0] += 10
        return relu(file.node("Add", [value, x], "add_%d" % sums[0]))

    x = relu(convolution("conv1", "x", 8, 3, 3))

    # What torch writes of position.expand(x.shape[0], -1, -1, -1): the batch is cut out of the shape and joined with numbers.
    file.node("Shape", [x], "val_3", start=0, end=1)
    file.node("Squeeze", ["val_3"], "sym_size_int_1")
    file.constant("val_4", np.array([-1], np.int64))
    file.node("Reshape", ["sym_size_int_1", "val_4"], "val_5", allowzero=0)
    file.constant("val_6", np.array([8], np.int64))
    file.constant("val_7", np.array([SIZE], np.int64))
    file.node("Concat", ["val_5", "val_6", "val_7", "val_7"], "val_8", axis=0)
    file.node("Expand", [file.weight("position", (0.2 * file.random.randn(1, 8, SIZE, SIZE)).astype(np.float32)), "val_8"], "expand")
    x = file.node("Add", [x, "expand"], "add_1")

    x = block("layer1.0", x, 8, 8, 1)
    x = block("layer2.0", x, 16, 8, 2)
    file.constant("val_12", np.array([-1, -2], np.int64))
    file.node("ReduceMean", [x, "val_12"], "mean", noop_with_empty_axes=0, keepdims=1)
    file.node("Shape", [x], "val_13", start=0, end=1)
    file.constant("val_14", np.array([16], np.int64))
    file.node("Concat", ["val_13", "val_14"], "val_15", axis=0)
    file.node("Reshape", ["mean", "val_15"], "view", allowzero=1)
    weights = [file.weight("fc.weight", file.random.randn(CLASSES, 16).astype(np.float32)), file.weight("fc.bias", (0.1 * file.random.randn(CLASSES)).astype(np.float32))]
    file.node("Gemm", ["view"] + weights, "linear", beta=1.0, transB=1, alpha=1.0, transA=0)
    annotated(file)
    file.save(
        name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["s0", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("linear", TensorProto.FLOAT, ["s0", CLASSES])],
        18,
        "pytorch",
        domains=["pkg.onnxscript.torch_lib.common"],
        ir=10,
    )


TORCH = "pkg.onnxscript.torch_lib"


def function(name, inputs, outputs, attributes, nodes):
    result = FunctionProto(name=name, domain=TORCH)
    result.input.extend(inputs)
    result.output.extend(outputs)
    result.attribute.extend(attributes)
    result.node.extend(nodes)
    result.opset_import.extend([helper.make_opsetid("", 18), helper.make_opsetid(TORCH, 1)])
    return result


def referring(node, **references):
    """Attributes of a node in a function that are those of the call."""
    for name, (of, kind) in references.items():
        node.attribute.add(name=name, ref_attr_name=of, type=kind)
    return node


def torch_functions():
    ints, number, integer = AttributeProto.INTS, AttributeProto.FLOAT, AttributeProto.INT
    make = helper.make_node
    return [
        function("aten_conv2d", ["input", "weight"], ["result"], ["strides", "pads"], [
            referring(make("Conv", ["input", "weight"], ["result"], dilations=[1, 1], group=1), strides=("strides", ints), pads=("pads", ints))]),
        function("aten_batch_norm", ["input", "weight", "bias", "mean", "var"], ["norm"], ["eps"], [
            referring(make("BatchNormalization", ["input", "weight", "bias", "mean", "var"], ["norm"], training_mode=0), epsilon=("eps", number))]),
        function("aten_relu", ["self"], ["result"], [], [make("Relu", ["self"], ["result"])]),
        function("aten_hardswish", ["self"], ["result"], [], [make("HardSwish", ["self"], ["result"])]),
        function("aten_add", ["self", "other"], ["return_val"], ["alpha"], [
            referring(make("Constant", [], ["alpha"]), value_float=("alpha", number)),
            make("CastLike", ["alpha", "other"], ["alpha_0"]),
            make("Mul", ["other", "alpha_0"], ["other_1"]),
            make("Add", ["self", "other_1"], ["return_val"])]),
        function("aten_mean_dim", ["self", "dim"], ["result"], ["keepdim"], [
            make("Constant", [], ["tmp"], value_ints=[-1]),
            make("Reshape", ["dim", "tmp"], ["dims"]),
            referring(make("ReduceMean", ["self", "dims"], ["result"]), keepdims=("keepdim", integer))]),
        function("aten_view", ["self", "size"], ["return_val"], [], [
            make("Cast", ["size"], ["size_0"], to=TensorProto.INT64),
            make("Reshape", ["self", "size_0"], ["return_val"])]),
        function("aten_sym_size", ["self"], ["result"], ["dim"], [
            make("Shape", ["self"], ["shape"]),
            referring(make("Constant", [], ["start"]), value_int=("dim", integer)),
            make("Constant", [], ["axis"], value_ints=[0]),
            make("Unsqueeze", ["start", "axis"], ["starts"]),
            make("Gather", ["shape", "starts"], ["picked"], axis=0),
            make("Squeeze", ["picked", "axis"], ["result"])]),
        function("aten_addmm", ["self", "mat1", "mat2"], ["return_val"], ["beta", "alpha"], [
            referring(make("Gemm", ["mat1", "mat2", "self"], ["return_val"]), beta=("beta", number), alpha=("alpha", number))]),
        function("aten_t", ["self"], ["result"], [], [make("Transpose", ["self"], ["result"], perm=[1, 0])]),
    ]


def dynamo_functions(name, seed):
    """The same kind of network as earlier versions leave it: each operation a call of a function of the file."""
    file = File(seed)

    def call(op, inputs, output, **attributes):
        return file.node(op, inputs, output, domain=TORCH, **attributes)

    def convolution(path, x, outputs, inputs, output, stride=1):
        value = call("aten_conv2d", [x, file.weight(path + ".weight", file.kernel(outputs, inputs, 3))], output + "_c", strides=[stride, stride], pads=[1, 1, 1, 1])
        norm = file.norm(outputs, 2.0)
        names = [file.weight("%s.bn.%s" % (path, part), norm[part]) for part in ("weight", "bias", "running_mean", "running_var")]
        return call("aten_batch_norm", [value] + names, output, eps=1e-5)

    x = call("aten_relu", [convolution("conv1", "l_x_", 8, 3, "_native_batch_norm_legit_no_training", 2)], "relu")
    y = call("aten_hardswish", [convolution("layer1.0.conv1", x, 8, 8, "_native_batch_norm_legit_no_training_1")], "hardswish")
    y = convolution("layer1.0.conv2", y, 8, 8, "_native_batch_norm_legit_no_training_2")
    x = call("aten_relu", [call("aten_add", [y, x], "add", alpha=1.0)], "relu_1")
    file.node("Constant", [], "dims", value_ints=[-1, -2])
    x = call("aten_mean_dim", [x, "dims"], "mean", keepdim=1)
    call("aten_sym_size", ["l_x_"], "sym_size", dim=0)
    file.node("Constant", [], "shape_of_one", value_ints=[1])
    file.node("Reshape", ["sym_size", "shape_of_one"], "batch")
    file.node("Constant", [], "channels", value_ints=[8])
    file.node("Concat", ["batch", "channels"], "sizes", axis=0)
    x = call("aten_view", [x, "sizes"], "view")
    call("aten_t", [file.weight("fc.weight", file.random.randn(CLASSES, 8).astype(np.float32))], "t")
    call("aten_addmm", [file.weight("fc.bias", (0.1 * file.random.randn(CLASSES)).astype(np.float32)), x, "t"], "addmm", beta=1.0, alpha=1.0)
    file.save(
        name,
        [helper.make_tensor_value_info("l_x_", TensorProto.FLOAT, ["s0", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("addmm", TensorProto.FLOAT, ["s0", CLASSES])],
        18,
        "pytorch",
        functions=torch_functions(),
        domains=[TORCH],
    )


# TensorFlow: python -m tf2onnx.convert --saved-model


def tensorflow(name, seed):
    """Inverted residuals with channels last, each norm a Mul and an Add by constants, Relu6 as Relu and Min or as Clip."""
    file = File(seed)
    scope = "StatefulPartitionedCall/mobile/"
    count = [0]

    def unique(base):
        count[0] += 1
        return "%s%s__%d:0" % (scope, base, count[0])

    def first(x):
        return file.node("Transpose", [x], unique("Transpose"), perm=[0, 3, 1, 2])

    def last(x):
        return file.node("Transpose", [x], unique("Transpose"), perm=[0, 2, 3, 1])

    def norm(path, x, channels):
        n = file.norm(channels, 1.5)
        scale = n["weight"] / np.sqrt(n["running_var"] + 1e-3)
        shift = n["bias"] - n["running_mean"] * scale
        x = file.node("Mul", [x, file.weight(path + "/batchnorm/mul:0", scale)], unique(path + "/batchnorm/mul_1"))
        return file.node("Add", [x, file.weight(path + "/batchnorm/sub:0", shift)], unique(path + "/batchnorm/add_1"))

    def relu6(x, clips):
        if clips:
            return file.node("Clip", [x, file.weight(unique("min"), np.float32(0)), file.weight(unique("max"), np.float32(6))], unique("Relu6"))
        return file.node("Min", [file.node("Relu", [x], unique("Relu")), file.weight(unique("six"), np.float32(6))], unique("Minimum"))

    def convolution(path, x, outputs, inputs, size=1, stride=1, groups=1, pads=None):
        attributes = dict(strides=[stride, stride], kernel_shape=[size, size], group=groups, dilations=[1, 1])
        attributes.update(dict(pads=pads) if pads else dict(auto_pad="SAME_UPPER"))
        x = file.node("Conv", [first(x), file.weight(unique(path + "/weights_fused_bn")[:-2], file.kernel(outputs, inputs, size, groups))], unique(path), **attributes)
        return last(x)

    pads = file.weight("const_pads", np.array([0, 0, 0, 0, 0, 1, 1, 0], np.int64))
    x = relu6(norm("stem", convolution("stem/Conv2D", "input_1:0", 8, 3, 3), 8), True)
    y = relu6(norm("expand", convolution("expand/Conv2D", x, 16, 8), 16), False)
    y = relu6(norm("depthwise", convolution("depthwise/depthwise", y, 16, 16, 3, groups=16), 16), True)
    y = norm("project", convolution("project/Conv2D", y, 8, 16), 8)
    x = file.node("Add", [x, y], unique("add/add"))
    y = relu6(norm("expand_1", convolution("expand_1/Conv2D", x, 16, 8), 16), False)
    y = file.node("Pad", [y, pads], unique("depthwise_pad/Pad"))
    y = relu6(norm("depthwise_1", convolution("depthwise_1/depthwise", y, 16, 16, 3, 2, 16, pads=[0, 0, 0, 0]), 16), True)
    y = norm("project_1", convolution("project_1/Conv2D", y, 12, 16), 12)
    z = file.node("MaxPool", [first(x)], unique("pool/MaxPool"), kernel_shape=[2, 2], strides=[2, 2])
    x = file.node("Concat", [y, last(z)], unique("concatenate/concat"), axis=3)
    x = file.node("ReduceMean", [x], unique("global_average_pooling2d/Mean"), axes=[1, 2], keepdims=0)
    x = file.node("MatMul", [x, file.weight("dense/MatMul/ReadVariableOp:0", file.random.randn(20, CLASSES).astype(np.float32))], unique("dense/MatMul"))
    x = file.node("Add", [x, file.weight("dense/BiasAdd/ReadVariableOp:0", (0.1 * file.random.randn(CLASSES)).astype(np.float32))], unique("dense/BiasAdd"))
    file.node("Softmax", [x], "predictions", axis=-1)
    file.save(
        name,
        [helper.make_tensor_value_info("input_1:0", TensorProto.FLOAT, ["unk__62", SIZE, SIZE, 3])],
        [helper.make_tensor_value_info("predictions", TensorProto.FLOAT, ["unk__63", CLASSES])],
        13,
        "tf2onnx",
    )


# Keras: keras.Model.export(..., format="onnx"), keras2onnx before it


def keras(name, seed):
    """Batch norms kept between transposes, a gate by squeeze and excitation, biases behind the transposes, a flattening of pixels."""
    file = File(seed)

    def first(x, output):
        return file.node("Transpose", [x], output, perm=[0, 3, 1, 2])

    def last(x, output):
        return file.node("Transpose", [x], output, perm=[0, 2, 3, 1])

    def convolution(path, x, outputs, inputs, size, stride=1, biased=True):
        # The kernel lies as Keras has it: height, width, inputs, outputs.
        kernel = file.weight("functional/%s/kernel" % path, file.kernel(outputs, inputs, size).transpose(2, 3, 1, 0))
        moved = file.node("Transpose", [kernel], "functional/%s/kernel_moved" % path, perm=[3, 2, 0, 1])
        x = file.node("Conv", [first(x, path + "/in"), moved], path + "/conv", auto_pad="SAME_UPPER", strides=[stride, stride], dilations=[1, 1], group=1)
        x = last(x, path + "/out")
        if biased:
            bias = file.weight("functional/%s/bias" % path, (0.1 * file.random.randn(1, 1, 1, outputs)).astype(np.float32))
            x = file.node("Add", [x, bias], path + "/add")
        return x

    def norm(path, x, channels):
        n = file.norm(channels, 1.5)
        names = [file.weight("functional/%s/%s" % (path, part), n[part]) for part in ("weight", "bias", "running_mean", "running_var")]
        x = file.node("BatchNormalization", [first(x, path + "/in")] + names, path + "/bn", epsilon=1e-3, momentum=0.99)
        return last(x, path + "/out")

    zero = file.weight("zero", np.float32(0))
    x = file.node("Relu", [norm("norm", convolution("conv", "keras_tensor", 8, 3, 3, 2), 8)], "relu")
    y = norm("norm_1", convolution("conv_1", x, 8, 8, 3, biased=False), 8)
    g = file.node("ReduceMean", [y], "se/mean", axes=[1, 2], keepdims=0)
    g = file.node("Reshape", [g, file.weight("se/sizes", np.array([-1, 1, 1, 8], np.int64))], "se/reshape")
    g = file.node("Max", [convolution("se/reduce", g, 4, 8, 1), zero], "se/relu")
    g = file.node("Sigmoid", [convolution("se/expand", g, 8, 4, 1)], "se/sigmoid")
    x = file.node("Add", [file.node("Mul", [y, g], "se/mul"), x], "sum")
    x = file.node("Relu", [norm("norm_2", convolution("conv_2", x, 8, 8, 3, 2), 8)], "relu_1")
    x = last(file.node("AveragePool", [first(x, "pool/in")], "pool/pool", kernel_shape=[2, 2], strides=[2, 2]), "pool/out")
    x = file.node("Reshape", [x, file.weight("flatten/sizes", np.array([-1, 32], np.int64))], "flatten")
    x = file.node("MatMul", [x, file.weight("functional/dense/kernel", (file.random.randn(32, 12) / 4).astype(np.float32))], "dense/product")
    x = file.node("Relu", [file.node("Add", [x, file.weight("functional/dense/bias", (0.1 * file.random.randn(12)).astype(np.float32))], "dense/sum")], "dense/relu")
    x = file.node("MatMul", [x, file.weight("functional/dense_1/kernel", file.random.randn(12, CLASSES).astype(np.float32))], "dense_1/product")
    file.node("Add", [x, file.weight("functional/dense_1/bias", (0.1 * file.random.randn(CLASSES)).astype(np.float32))], "output_0")
    file.save(
        name,
        [helper.make_tensor_value_info("keras_tensor", TensorProto.FLOAT, ["unk__0", SIZE, SIZE, 3])],
        [helper.make_tensor_value_info("output_0", TensorProto.FLOAT, ["unk__1", CLASSES])],
        15,
        "tf2onnx",
        metadata=[("keras_version", "3.6.0")],
    )


dynamo("dynamo.onnx", keeps_norms=True, seed=1)
dynamo("dynamo-folded.onnx", keeps_norms=False, seed=2)
dynamo_functions("dynamo-functions.onnx", seed=3)
tensorflow("tf2onnx.onnx", seed=4)
keras("keras.onnx", seed=5)
