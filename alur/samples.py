"""Sample documents, drawn here: a photo with EXIF, a scanned-looking KTP, a diploma. All persons are invented."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

#: EXIF tags: maker, model, date taken.
_MAKE, _MODEL, _TAKEN = 0x010F, 0x0110, 0x0132


def photo() -> bytes:
    """A colour portrait 3:4 as a phone's camera stores it: JPEG with EXIF, camera and date included."""
    picture = Image.new("RGB", (900, 1200), (176, 28, 46))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((130, 800, 770, 1400), 190, fill=(238, 240, 244))
    draw.polygon([(370, 800), (450, 930), (530, 800)], fill=(205, 212, 224))
    draw.rectangle((385, 650, 515, 830), fill=(214, 163, 132))
    draw.ellipse((265, 230, 635, 740), fill=(224, 174, 143))
    draw.pieslice((240, 170, 660, 660), 175, 365, fill=(32, 24, 22))
    for x in (370, 530):
        draw.ellipse((x - 26, 455, x + 26, 482), fill=(250, 250, 250))
        draw.ellipse((x - 12, 456, x + 12, 480), fill=(40, 28, 24))
    draw.arc((385, 560, 515, 640), 20, 160, fill=(150, 70, 70), width=9)
    noisy = Image.blend(picture, Image.effect_noise(picture.size, 60).convert("RGB"), 0.05)
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL], exif[_TAKEN] = "Alur", "Kamera contoh", "2026:11:20 09:12:00"
    return _encoded(noisy.filter(ImageFilter.GaussianBlur(1.2)), "JPEG", quality=85, exif=exif)


def ktp(name: str, nik: str) -> bytes:
    """An identity card as a scanner delivers it: a slightly crooked, grainy picture in a PDF."""
    card = Image.new("RGB", (1280, 810), (196, 221, 238))
    draw = ImageDraw.Draw(card)
    draw.text((640, 40), "PROVINSI SUMATERA SELATAN", font=_font(40), fill=(20, 30, 60), anchor="ma")
    draw.text((640, 92), "KOTA PALEMBANG (CONTOH)", font=_font(36), fill=(20, 30, 60), anchor="ma")
    rows = [
        ("NIK", nik),
        ("Nama", name.upper()),
        ("Agama", "ISLAM"),
        ("Status", "BELUM KAWIN"),
        ("Berlaku", "SEUMUR HIDUP"),
    ]
    for n, (label, value) in enumerate(rows):
        draw.text((70, 190 + n * 82), label, font=_font(34), fill=(30, 30, 30))
        draw.text((260, 190 + n * 82), f": {value}", font=_font(38), fill=(10, 10, 10))
    draw.rectangle((980, 190, 1210, 500), fill=(176, 28, 46))
    sheet = Image.new("RGB", (1654, 2339), (247, 246, 242))
    sheet.paste(card.rotate(1.4, expand=True, fillcolor=(247, 246, 242)), (160, 240))
    return _scanned(sheet)


def diploma(name: str) -> bytes:
    """A diploma, scanned into a PDF."""
    sheet = Image.new("RGB", (1654, 2339), (252, 248, 236))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((90, 90, 1564, 2249), outline=(120, 90, 30), width=12)
    lines = [
        ("IJAZAH", 110),
        ("UNIVERSITAS CONTOH", 64),
        ("memberikan kepada", 44),
        (name, 76),
        ("gelar Sarjana Akuntansi", 52),
    ]
    top = 420
    for text, size in lines:
        draw.text((827, top), text, font=_font(size), fill=(40, 30, 20), anchor="ma")
        top += size + 110
    draw.text((827, 1900), "Palembang, 30 Agustus 2023", font=_font(44), fill=(40, 30, 20), anchor="ma")
    return _scanned(sheet)


def _scanned(sheet: Image.Image) -> bytes:
    random.seed(7)
    grain = Image.effect_noise(sheet.size, 30).convert("RGB")
    return _encoded(Image.blend(sheet, grain, 0.06).resize((1100, 1556)), "PDF", resolution=133, quality=70)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def write_samples(folder: Path, name: str, nik: str) -> list[Path]:
    """Write the three documents of a person into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"foto.jpg": photo(), "ktp.pdf": ktp(name, nik), "ijazah.pdf": diploma(name)}
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return [folder / file for file in files]


if __name__ == "__main__":
    for path in write_samples(Path("var/samples"), "Siti Rahmawati", "1671015708010003"):
        print(path)
