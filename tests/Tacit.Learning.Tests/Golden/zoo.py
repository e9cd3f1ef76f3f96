# Writes zoo.json: what the networks of the zoo compute in PyTorch and torchvision, and what they cost there.
# Needs torch and torchvision (written with 1.13 and 0.14).
import json
import pathlib

import torch
import torchvision.models as published
from torch import nn
from torchvision.models.regnet import BlockParams, RegNet

from filling import cost, logits

CLASSES, BATCH = 5, 2


class CifarShortcut(nn.Module):
    """He et al. 2016, section 4.2, option A."""

    def __init__(self, added):
        super().__init__()
        self.added = added

    def forward(self, x):
        return nn.functional.pad(x[:, :, ::2, ::2], [0, 0, 0, 0, self.added // 2, self.added - self.added // 2])


class CifarBlock(nn.Module):
    def __init__(self, inputs, outputs, projection):
        super().__init__()
        stride = 1 if inputs == outputs else 2
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        if stride == 1:
            self.shortcut = nn.Identity()
        elif projection:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        else:
            self.shortcut = CifarShortcut(outputs - inputs)

    def forward(self, x):
        return (self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())) + self.shortcut(x)).relu()


class Cifar(nn.Module):
    def __init__(self, depth, projection, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = [16, 16, 32, 64]
        for stage in (1, 2, 3):
            blocks = [CifarBlock(widths[stage - (i == 0)], widths[stage], projection) for i in range((depth - 2) // 6)]
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, num_classes)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean([2, 3]))


class MobileNetV1(nn.Module):
    """Howard et al. 2017, table 1."""

    def __init__(self, num_classes):
        super().__init__()

        def normed(inputs, outputs, kernel, stride, groups=1):
            return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

        layers, channels = [nn.Sequential(*normed(3, 32, 3, 2))], 32
        rows = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
        for outputs, stride in rows:
            layers.append(nn.Sequential(*normed(channels, channels, 3, stride, channels), *normed(channels, outputs, 1, 1)))
            channels = outputs
        self.model = nn.Sequential(*layers)
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, x):
        return self.fc(self.model(x).mean([2, 3]))


def regnetx_600mf(num_classes):
    params = BlockParams.from_init_params(depth=16, w_0=48, w_a=36.97, w_m=2.24, group_width=24)
    return RegNet(params, num_classes=num_classes)


def vgg(depth):
    def build(num_classes):
        network = getattr(published, f"vgg{depth}_bn")(num_classes=num_classes, init_weights=False)
        if num_classes == CLASSES:  # at 64 pixels, 2x2 features are left: fewer inputs instead of their repetition to 7x7
            network.avgpool = nn.Identity()
            network.classifier[0] = nn.Linear(512 * 2 * 2, 4096)
        return network

    return build


def torchvision(name):
    return lambda num_classes: getattr(published, name)(num_classes=num_classes)


def cifar(depth, projection):
    return lambda num_classes: Cifar(depth, projection, num_classes)


NETWORKS = {
    **{f"resnet{depth}-cifar": (cifar(depth, False), 10, 32) for depth in (20, 32, 44, 56, 110)},
    **{f"resnet{depth}-cifar-projection": (cifar(depth, True), 10, 32) for depth in (20, 32, 44, 56, 110)},
    **{f"resnet{depth}": (torchvision(f"resnet{depth}"), 1000, 224) for depth in (18, 34, 50)},
    "mobilenetv1": (MobileNetV1, 1000, 224),
    "mobilenetv2": (torchvision("mobilenet_v2"), 1000, 224),
    "mobilenetv3-small": (torchvision("mobilenet_v3_small"), 1000, 224),
    "mobilenetv3-large": (torchvision("mobilenet_v3_large"), 1000, 224),
    **{f"vgg{depth}-bn": (vgg(depth), 1000, 224) for depth in (11, 13, 16, 19)},
    "densenet121": (torchvision("densenet121"), 1000, 224),
    "efficientnet-b0": (torchvision("efficientnet_b0"), 1000, 224),
    "shufflenetv2-x0.5": (torchvision("shufflenet_v2_x0_5"), 1000, 224),
    "shufflenetv2-x1.0": (torchvision("shufflenet_v2_x1_0"), 1000, 224),
    "regnetx-400mf": (torchvision("regnet_x_400mf"), 1000, 224),
    "regnetx-600mf": (regnetx_600mf, 1000, 224),
    "regnetx-800mf": (torchvision("regnet_x_800mf"), 1000, 224),
}


torch.set_num_threads(1)
torch.set_grad_enabled(False)
golden = []
for name, (build, classes, size) in NETWORKS.items():
    parameters, products = cost(build(classes).eval(), 3, size, size)
    small = 32 if size == 32 else 64
    values = logits(build(CLASSES).eval(), BATCH, 3, small, small)
    golden.append({"name": name, "parameters": parameters, "multiplyAccumulates": products, "size": small, "logits": [float(f"{value:.7g}") for value in values]})
    print(name, values.abs().max().item(), values.std().item())
path = pathlib.Path(__file__).with_name("zoo.json")
path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in golden) + "\n]\n")
