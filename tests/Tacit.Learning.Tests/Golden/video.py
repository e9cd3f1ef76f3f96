# Writes video.json: what the video networks compute in PyTorch and torchvision, and what they cost there.
# Needs torch and torchvision (written with 1.13 and 0.14).
import json
import pathlib

import torch
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


def hara(blocks):
    return lambda num_classes: Hara(blocks, num_classes)


# The builder; frames and size of a clip whose cost is counted; those of one whose logits are written.
NETWORKS = {
    "r3d-10": (hara(1), (16, 112), (8, 56)),
    "r3d-18": (hara(2), (16, 112), (8, 56)),
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
