"""Writes clips.json: what torch and torchvision make of small clips, which the tests compare with.

Run with Debian's python3, python3-torch and python3-torchvision: python3 clips.py
"""
import base64
import json
import pathlib

import numpy as np
import torch
from torchvision.transforms.functional import center_crop


def case(frames, height, width, size, mean, std):
    t, y, x, c = np.mgrid[0:frames, 0:height, 0:width, 0:3]
    pixels = ((x * 37 + y * 91 + c * 53 + t * 17 + (x * y) % 29 * 7) % 256).astype(np.uint8)
    square = center_crop(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255, [min(height, width)])
    scaled = torch.nn.functional.interpolate(square, (size, size), mode="bilinear", align_corners=False)
    scaled = (scaled - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
    return {"frames": frames, "height": height, "width": width, "size": size, "mean": mean, "std": std,
            "pixels": base64.b64encode(pixels.tobytes()).decode(),
            "expected": [round(value, 6) for value in scaled.permute(1, 0, 2, 3).flatten().tolist()]}


if __name__ == "__main__":
    imagenet = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    plain = ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])
    cases = [case(2, 9, 14, 4, *imagenet), case(1, 14, 9, 5, *plain), case(3, 5, 5, 5, *imagenet), case(2, 4, 7, 9, *plain),
             case(1, 1, 3, 3, *plain), case(1, 31, 16, 7, *imagenet)]
    text = "[\n" + ",\n".join(json.dumps(each) for each in cases) + "\n]\n"
    (pathlib.Path(__file__).parent / "clips.json").write_text(text)
