# Writes video.json: what the video networks compute in PyTorch and torchvision, and what they cost there.
# Needs torch and torchvision (written with 1.13 and 0.14).
import json
import pathlib

import torch
import torchvision.models.video as published
from torch import nn

from filling import cost, logits

CLASSES, BATCH = 5, 2


class HaraBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm3d(outputs)
        self.conv2 = nn.Conv3d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm3d(outputs)
        self.downsample = nn.Identity()
        if inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv3d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm3d(outputs))

    def forward(self, x):
        return (self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())) + self.downsample(x)).relu()


class Hara(nn.Module):
    """Hara et al. 2018, table 1, basic blocks, shortcut B."""

    def __init__(self, blocks, num_classes):
        super().__init__()
        self.conv1 = nn.Conv3d(3, 64, 7, (1, 2, 2), 3, bias=False)
        self.bn1 = nn.BatchNorm3d(64)
        self.maxpool = nn.MaxPool3d(3, 2, 1)
        channels = 64
        for stage, width in enumerate([64, 128, 256, 512]):
            layers = []
            for block in range(blocks):
                layers.append(HaraBlock(channels, width, 2 if stage > 0 and block == 0 else 1))
                channels = width
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(512, num_classes)

    def forward(self, x):
        x = self.maxpool(self.bn1(self.conv1(x)).relu())
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean([2, 3, 4]))


class C3D(nn.Module):
    """Tran et al. 2015 with batch norms and a mean at the end."""

    def __init__(self, num_classes):
        super().__init__()
        channels = 3
        self.stages = [["1"], ["2"], ["3a", "3b"], ["4a", "4b"], ["5a", "5b"]]
        for stage, width in zip(self.stages, [64, 128, 256, 512, 512]):
            for name in stage:
                setattr(self, f"conv{name}", nn.Conv3d(channels, width, 3, 1, 1))
                setattr(self, f"bn{name}", nn.BatchNorm3d(width))
                channels = width
        self.linear = nn.Linear(512, num_classes)

    def forward(self, x):
        for pool, stage in zip([None, (1, 2, 2), 2, 2, 2], self.stages):
            if pool is not None:
                x = nn.functional.max_pool3d(x, pool)
            for name in stage:
                x = getattr(self, f"bn{name}")(getattr(self, f"conv{name}")(x)).relu()
        return self.linear(x.mean([2, 3, 4]))


class Factored(nn.Module):
    """A convolution over space and one over time, Tran et al. 2018, section 3.5."""

    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        (t, h, w), (st, sh, sw) = kernel, stride
        between = t * h * w * inputs * outputs // (h * w * inputs + t * outputs)
        self.spatial_conv = nn.Conv3d(inputs, between, (1, h, w), (1, sh, sw), (0, h // 2, w // 2), bias=False)
        self.bn = nn.BatchNorm3d(between)
        self.temporal_conv = nn.Conv3d(between, outputs, (t, 1, 1), (st, 1, 1), (t // 2, 0, 0), bias=False)

    def forward(self, x):
        return self.temporal_conv(self.bn(self.spatial_conv(x)).relu())


class FactoredBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        stride = (1, 1, 1) if inputs == outputs else (2, 2, 2)
        self.conv1 = Factored(inputs, outputs, (3, 3, 3), stride)
        self.bn1 = nn.BatchNorm3d(outputs)
        self.conv2 = Factored(outputs, outputs, (3, 3, 3), (1, 1, 1))
        self.bn2 = nn.BatchNorm3d(outputs)
        if inputs != outputs:
            self.downsampleconv = Factored(inputs, outputs, (1, 1, 1), stride)
            self.downsamplebn = nn.BatchNorm3d(outputs)

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + (self.downsamplebn(self.downsampleconv(x)) if hasattr(self, "downsampleconv") else x)).relu()


class Vcop(nn.Module):
    """R(2+1)D of Xu et al. 2019."""

    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = Factored(3, 64, (3, 7, 7), (1, 2, 2))
        self.bn1 = nn.BatchNorm3d(64)
        for stage, (inputs, outputs) in enumerate([(64, 64), (64, 128), (128, 256), (256, 512)]):
            setattr(self, f"conv{stage + 2}", nn.ModuleDict({"block1": FactoredBlock(inputs, outputs)}))
        self.linear = nn.Linear(512, num_classes)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        for stage in (self.conv2, self.conv3, self.conv4, self.conv5):
            x = stage["block1"](x)
        return self.linear(x.mean([2, 3, 4]))


class Unit(nn.Module):
    def __init__(self, inputs, outputs, kernel=(1, 1, 1), stride=1):
        super().__init__()
        self.conv3d = nn.Conv3d(inputs, outputs, kernel, stride, [size // 2 for size in kernel], bias=False)
        self.bn = nn.BatchNorm3d(outputs, eps=1e-3, momentum=0.001)

    def forward(self, x):
        return self.bn(self.conv3d(x)).relu()


class Gated(nn.Module):
    def __init__(self, inputs, outputs, kernel=3, stride=1):
        super().__init__()
        self.sep_conv = nn.Sequential(Unit(inputs, outputs, (1, kernel, kernel), stride), Unit(outputs, outputs, (kernel, 1, 1)))
        self.excitation = nn.Conv3d(outputs, outputs, 1)

    def forward(self, x):
        x = self.sep_conv(x)
        return self.excitation(x.mean([2, 3, 4], keepdim=True)).sigmoid() * x


class Inception(nn.Module):
    def __init__(self, inputs, a, b, c, d, e, f):
        super().__init__()
        self.branch0 = Unit(inputs, a)
        self.branch1 = nn.Sequential(Unit(inputs, b), Gated(b, c))
        self.branch2 = nn.Sequential(Unit(inputs, d), Gated(d, e))
        self.branch3 = nn.Sequential(nn.MaxPool3d(3, 1, 1), Unit(inputs, f))

    def forward(self, x):
        return torch.cat([self.branch0(x), self.branch1(x), self.branch2(x), self.branch3(x)], 1)


class S3DG(nn.Module):
    """Xie et al. 2018 with the stem of RSPNet."""

    def __init__(self, num_classes):
        super().__init__()
        self.feature = nn.Sequential()
        self.feature.add_module("sepConv1", Gated(3, 64, 7, 2))
        self.feature.add_module("maxPool1", nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)))
        self.feature.add_module("basicConv3d", Unit(64, 64))
        self.feature.add_module("sep_conv2", Gated(64, 192))
        self.feature.add_module("maxPool2", nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)))
        self.feature.add_module("sepInc_3b", Inception(192, 64, 96, 128, 16, 32, 32))
        self.feature.add_module("sepInc_3c", Inception(256, 128, 128, 192, 32, 96, 64))
        self.feature.add_module("maxPool3", nn.MaxPool3d(3, 2, 1))
        self.feature.add_module("sepInc_4b", Inception(480, 192, 96, 208, 16, 48, 64))
        self.feature.add_module("sepInc_4c", Inception(512, 160, 112, 224, 24, 64, 64))
        self.feature.add_module("sepInc_4d", Inception(512, 128, 128, 256, 24, 64, 64))
        self.feature.add_module("sepInc_4e", Inception(512, 112, 144, 288, 32, 64, 64))
        self.feature.add_module("sepInc_4f", Inception(528, 256, 160, 320, 32, 128, 128))
        self.feature.add_module("maxpool4", nn.MaxPool3d(2, 2))
        self.feature.add_module("sepInc_5b", Inception(832, 256, 160, 320, 32, 128, 128))
        self.feature.add_module("sepInc_5c", Inception(832, 384, 192, 384, 48, 128, 128))
        self.fc = nn.Linear(1024, num_classes)

    def forward(self, x):
        return self.fc(self.feature(x).mean([2, 3, 4]))


def torchvision(name):
    return lambda num_classes: getattr(published, name)(num_classes=num_classes)


def hara(blocks):
    return lambda num_classes: Hara(blocks, num_classes)


# The builder; frames and size of a clip whose cost is counted; those of one whose logits are written.
NETWORKS = {
    "c3d": (C3D, (16, 112), (8, 32)),
    "r3d-10": (hara(1), (16, 112), (8, 56)),
    "r3d-18": (hara(2), (16, 112), (8, 56)),
    "r3d-18-torchvision": (torchvision("r3d_18"), (16, 112), (4, 32)),
    "r2plus1d-18": (torchvision("r2plus1d_18"), (16, 112), (4, 32)),
    "r2plus1d-vcop": (Vcop, (16, 112), (4, 32)),
    "s3d-g": (S3DG, (64, 224), (9, 64)),
}

torch.set_num_threads(1)
torch.set_grad_enabled(False)
golden = []
for name, (build, (frames, size), (few, small)) in NETWORKS.items():
    parameters, products = cost(build(400).eval(), 3, frames, size, size)
    values = logits(build(CLASSES).eval(), BATCH, 3, few, small, small)
    golden.append({"name": name, "parameters": parameters, "multiplyAccumulates": products, "frames": few, "size": small, "logits": [float(f"{value:.7g}") for value in values]})
    print(name, parameters, products, values.abs().max().item(), values.std().item())
path = pathlib.Path(__file__).with_name("video.json")
path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in golden) + "\n]\n")
