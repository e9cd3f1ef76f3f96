# Weights and inputs as functions of their name and index, so that both sides have the same without a file.
import math

import numpy
import torch


def uniform(name, count):
    """Numbers in [0, 1): FNV-1a of the name plus the index, scrambled by Wellons' lowbias32."""
    seed = 2166136261
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    x = numpy.arange(count, dtype=numpy.uint32) + numpy.uint32(seed)
    x = (x ^ (x >> 16)) * numpy.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * numpy.uint32(0x846CA68B)
    x ^= x >> 16
    return (x >> 8).astype(numpy.float64) / 2**24


def fill(name, tensor):
    values = uniform(name, tensor.numel())
    if tensor.dim() > 1:
        values = (2 * values - 1) * math.sqrt(6 / tensor[0].numel())
    elif name.endswith(("weight", "running_var")):
        values = 0.75 + values / 2
    else:
        values = 0.2 * values - 0.1
    tensor.copy_(torch.from_numpy(values).reshape(tensor.shape))


def images(*shape):
    """Numbers of mean 0 and variance 1."""
    values = (2 * uniform("images", math.prod(shape)) - 1) * math.sqrt(3)
    return torch.from_numpy(values).float().reshape(shape)


def logits(network, *shape):
    """What the network gives for a batch of this shape when its weights are filled."""
    for name, tensor in network.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            fill(name, tensor)
    return network(images(*shape)).flatten()


def cost(network, *shape):
    """Parameters, and the multiplications of convolutions and linear layers for one input of this shape."""
    products = []

    def count(layer, _, output):
        products.append(output.numel() * layer.weight[0].numel())

    for layer in network.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Conv3d, torch.nn.Linear)):
            layer.register_forward_hook(count)
    network(torch.zeros(1, *shape))
    return sum(parameter.numel() for parameter in network.parameters()), sum(products)
