# Writes augmentation.json: what torchvision's transforms of tensors make of a clip.
# Needs torch and torchvision (written with 1.13 and 0.14). Pixels are a function of their index, so that both sides have the same
# without a file. Outputs are 3 x T x H x W; every 7th number is kept.
import json
import pathlib

import numpy
import torch
import torchvision.transforms.functional as F

T, H, W, KEEP = 3, 14, 18, 7


def pixels():
    """Bytes T x H x W x 3: the index scrambled by Wellons' lowbias32, then a patch of gray, one of black and one of white."""
    x = numpy.arange(T * H * W * 3, dtype=numpy.uint32)
    x = (x ^ (x >> 16)) * numpy.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * numpy.uint32(0x846CA68B)
    x ^= x >> 16
    clip = (x >> 24).astype(numpy.uint8).reshape(T, H, W, 3)
    clip[:, 0:3, 0:4] = clip[:, 0:3, 0:4, :1]
    clip[:, 3:5, 0:4] = 0
    clip[:, 5:7, 0:4] = 255
    return torch.from_numpy(clip)


clip = pixels().permute(3, 0, 1, 2).float() / 255  # (3, T, H, W)
image = clip.reshape(3, T * H, W)  # the clip as one image: statistics are then of the whole clip
frames = clip.permute(1, 0, 2, 3)  # (T, 3, H, W)


def resize(top, left, height, width, size):
    cut = frames[:, :, top : top + height, left : left + width]
    return torch.nn.functional.interpolate(cut, size=(size, size), mode="bilinear", align_corners=False, antialias=False)


of_image = {
    "brightness": lambda factor: F.adjust_brightness(image, factor),
    "contrast": lambda factor: F.adjust_contrast(image, factor),
    "saturation": lambda factor: F.adjust_saturation(image, factor),
    "hue": lambda turn: F.adjust_hue(image, turn),
}
cases = [
    {"operation": name, "arguments": [value], "output": change(value)}
    for name, change in of_image.items()
    for value in ([-0.5, -0.4, -0.1, 0.05, 0.3, 0.5] if name == "hue" else [0.0, 0.6, 1.0, 1.4, 2.0])
]
cases.append({"operation": "grayscale", "arguments": [], "output": F.rgb_to_grayscale(image, 3)})
for kernel, sigma in [(3, 1.5), (5, 0.4), (11, 2.0)]:
    blurred = F.gaussian_blur(frames, [kernel, kernel], [sigma, sigma])
    cases.append({"operation": "blur", "arguments": [kernel, sigma], "output": blurred.permute(1, 0, 2, 3)})
for box in [(0, 0, 14, 18, 9), (2, 5, 7, 9, 16), (1, 3, 12, 12, 12), (13, 17, 1, 1, 4), (0, 4, 14, 3, 10)]:
    cases.append({"operation": "resize", "arguments": list(box), "output": resize(*box).permute(1, 0, 2, 3)})

for case in cases:
    case["output"] = [round(value, 6) for value in case["output"].reshape(-1)[::KEEP].tolist()]
lines = ",\n".join(json.dumps(case) for case in cases)
pathlib.Path(__file__).with_name("augmentation.json").write_text(f"[\n{lines}\n]\n")
