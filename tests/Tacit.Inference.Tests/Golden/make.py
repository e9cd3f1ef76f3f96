"""Writes images.json: what PIL and torchvision make of small images, which the tests compare with.

Run with Debian's python3, python3-pil and python3-torchvision: python3 make.py
"""
import base64
import io
import json
import pathlib

import numpy as np
from PIL import Image
from torchvision import transforms


def text(data):
    return base64.b64encode(bytes(data)).decode()


def pattern(width, height, channels=3):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return ((x * 37 + y * 91 + c * 53 + (x * y) % 29 * 7) % 256).astype(np.uint8)


def rgb(image):
    return text(np.asarray(image.convert("RGB")).tobytes())


def resize():
    sizes = [((9, 7), (4, 3)), ((9, 7), (9, 3)), ((5, 4), (11, 9)), ((40, 3), (3, 3)), ((13, 13), (13, 6)), ((2, 2), (7, 1)),
             ((64, 48), (10, 7)), ((1, 1), (3, 2)), ((17, 23), (16, 24))]
    for (width, height), (to_width, to_height) in sizes:
        image = Image.fromarray(pattern(width, height))
        yield {"width": width, "height": height, "pixels": rgb(image), "toWidth": to_width, "toHeight": to_height,
               "expected": rgb(image.resize((to_width, to_height), Image.BILINEAR))}


def crop():
    for (width, height), side, (to_width, to_height) in [((20, 13), 10, (8, 8)), ((13, 20), 10, (8, 8)), ((31, 17), 9, (9, 9)),
                                                         ((8, 8), 12, (7, 10)), ((16, 11), 11, (10, 7))]:
        image = Image.fromarray(pattern(width, height))
        transform = transforms.Compose([transforms.Resize(side), transforms.CenterCrop((to_height, to_width))])
        yield {"width": width, "height": height, "pixels": rgb(image), "shortSide": side, "toWidth": to_width, "toHeight": to_height,
               "expected": rgb(transform(image))}


def decode():
    smooth = Image.fromarray(pattern(23, 17)).resize((19, 14), Image.BICUBIC)
    alpha = np.concatenate([np.asarray(smooth), pattern(19, 14, 1)], axis=2)
    images = {
        "rgb.jpg": (smooth, {"format": "JPEG", "quality": 90}),
        "rgb-444.jpg": (smooth, {"format": "JPEG", "quality": 95, "subsampling": 0}),
        "progressive.jpg": (smooth, {"format": "JPEG", "progressive": True}),
        "grey.jpg": (smooth.convert("L"), {"format": "JPEG"}),
        "cmyk.jpg": (smooth.convert("CMYK"), {"format": "JPEG", "quality": 95}),
        "rgb.png": (smooth, {"format": "PNG"}),
        "alpha.png": (Image.fromarray(alpha), {"format": "PNG"}),
        "grey.png": (smooth.convert("L"), {"format": "PNG"}),
        "grey-alpha.png": (smooth.convert("LA"), {"format": "PNG"}),
        "bits.png": (smooth.convert("1"), {"format": "PNG"}),
        "palette.png": (smooth.quantize(16), {"format": "PNG"}),
        "rgb.bmp": (smooth, {"format": "BMP"}),
        "grey.bmp": (smooth.convert("L"), {"format": "BMP"}),
        "rgb.webp": (smooth, {"format": "WEBP", "lossless": True}),
        "lossy.webp": (smooth, {"format": "WEBP", "quality": 80}),
    }
    for name, (image, options) in images.items():
        file = io.BytesIO()
        image.save(file, **options)
        decoded = Image.open(io.BytesIO(file.getvalue()))
        yield {"name": name, "file": text(file.getvalue()), "width": decoded.width, "height": decoded.height, "expected": rgb(decoded)}


if __name__ == "__main__":
    golden = {"resize": list(resize()), "crop": list(crop()), "decode": list(decode())}
    lines = ",\n".join(f'"{key}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]" for key, cases in golden.items())
    (pathlib.Path(__file__).parent / "images.json").write_text("{\n" + lines + "\n}\n")
