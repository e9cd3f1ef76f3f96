"""Writes the PyTorch files that the tests read: python3 make.py, with PyTorch 1.13 and NumPy 1.24. The numbers are 0, 1, 2, ..."""

import argparse
import collections
import os
import pickle
import struct
import sys

import numpy
import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def numbers(*sizes, dtype=torch.float32):
    return torch.arange(int(numpy.prod(sizes))).reshape(sizes).to(dtype)


def types():
    """A tensor of every type, and views that are no plain rows."""
    tensors = collections.OrderedDict()
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool):
        tensors[str(dtype).removeprefix("torch.")] = numbers(2, 3, dtype=dtype)
    whole = numbers(4, 5)
    tensors["transposed"] = whole.t()
    tensors["part"] = whole[1:3, 2:4]
    tensors["last"] = whole[3]
    tensors["steps"] = numbers(10)[1::3]
    tensors["channels_last"] = numbers(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)
    tensors["scalar"] = torch.tensor(7.0)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["parameter"] = torch.nn.Parameter(numbers(3))
    return tensors


def training():
    """What training scripts store: the weights under a name, as DataParallel names them, beside other things."""
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.BatchNorm2d(2))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    network(torch.ones(1, 1, 2, 2)).sum().backward()
    optimizer.step()
    with torch.no_grad():
        for index, value in enumerate(network.state_dict().values()):
            value.fill_(index)
    return {
        "epoch": 3,
        "arch": "tiny",
        "best_prec1": torch.tensor(91.5),
        "best_prec5": numpy.float64(99.5),
        "args": argparse.Namespace(lr=0.1, layers=[1, 2], gpu=None),
        "optimizer": optimizer.state_dict(),
        "milestones": collections.Counter([100, 150]),
        "state_dict": collections.OrderedDict(("module." + name, value) for name, value in network.state_dict().items()),
    }


def storage_views(path):
    """Before PyTorch 0.4 a storage could be a part of another. No writer of it is left, so that this one follows its reader."""

    class Writer(pickle.Pickler):
        def persistent_id(self, obj):
            if isinstance(obj, str) and obj.startswith("part:"):
                first, count = map(int, obj.split(":")[1:])
                return ("storage", torch.FloatStorage, "root", "cpu", 12, ("view%d" % first, first, count))
            return None

    class Part:
        def __init__(self, first, *sizes):
            self.first, self.sizes = first, sizes

        def __reduce__(self):
            strides = tuple(int(numpy.prod(self.sizes[axis + 1 :])) for axis in range(len(self.sizes)))
            return (torch._utils._rebuild_tensor, ("part:%d:%d" % (self.first, numpy.prod(self.sizes)), 0, self.sizes, strides))

    with open(path, "wb") as file:
        pickle.dump(0x1950A86A20F9469CFC6C, file, protocol=2)
        pickle.dump(1001, file, protocol=2)
        pickle.dump({"protocol_version": 1001, "little_endian": sys.byteorder == "little", "type_sizes": {"short": 2, "int": 4, "long": 4}}, file, protocol=2)
        Writer(file, protocol=2).dump({"a": Part(0, 2, 3), "b": Part(6, 6)})
        pickle.dump(["root"], file, protocol=2)
        file.write(struct.pack("<q12f", 12, *range(12)))


torch.manual_seed(0)
for name, content in (("types", types()), ("training", training())):
    torch.save(content, os.path.join(HERE, name + ".pth"))
    torch.save(content, os.path.join(HERE, name + "-legacy.pth"), _use_new_zipfile_serialization=False)
for protocol in (3, 4, 5):
    torch.save({"a": numbers(2, 2)}, os.path.join(HERE, "protocol%d.pth" % protocol), pickle_protocol=protocol)
storage_views(os.path.join(HERE, "storage-views.pth"))
