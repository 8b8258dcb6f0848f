"""Files instead of weights: what makes them, and what the inferencer is to say about them."""

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from hostile.pictures import encoded
from mmfusion_distill.registry import MODELS

#: The network that the files are for.
NETWORK = dict(type="FusionUNet", widths=[4, 8], blocks=dict(type="GatedConvBlock"), num_blocks=[1, 1])
NETWORK |= dict(neck=dict(type="ConvFusion"), head=dict(type="LaplacianBlendHead", num_bands=3))


class Case(NamedTuple):
    """A file that is given as weights."""

    name: str
    extension: str
    make: Callable[[Path], object]
    says: str


class _Touches:
    """An object that, unpickled, makes a file `executed` in the working directory."""

    def __reduce__(self):
        return os.system, ("touch executed",)


def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return MODELS.build(NETWORK).state_dict()


def raw(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def saved(make: Callable[[], object]) -> Callable[[Path], object]:
    return lambda path: torch.save(make(), path)


def saved_bytes() -> bytes:
    data = io.BytesIO()
    torch.save(state(), data)
    return data.getvalue()


def spoiled(change: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Path], object]:
    return saved(lambda: {key: change(value.float()) for key, value in state().items()})


def safetensors(metadata: object, tensors: dict | None = None, data: bytes = b"") -> bytes:
    """A file made by hand, since the library would refuse to write most of these."""
    header = {"__metadata__": metadata, **(tensors or {})}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def of_network(config: object, weights: int = 10**5, **metadata: object) -> Callable[[Path], object]:
    """A safetensors file with so many weights whose metadata names a network, and more."""
    texts = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in {"network": config, **metadata}.items()
    }
    tensors = {"w": {"dtype": "I8", "shape": [weights], "data_offsets": [0, weights]}}
    return raw(safetensors(texts, tensors, bytes(weights)))


def of_text_encoder(config: object, channels: int = 384) -> Callable[[Path], object]:
    """A file whose metadata names a guided network and its text encoder."""
    guided = {**NETWORK, "guidance": dict(type="FeatureWiseAffine", text_channels=channels)}
    return of_network(guided, text_encoder=config)


def changed(**changes) -> Callable[[Path], object]:
    return of_network({**NETWORK, **changes})


def zip_without_weights(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(_Touches()))
        file.writestr("archive/version", "3")


WHOLE = saved_bytes
UNREADABLE = "cannot be read as plain weights"
DAMAGED = "are damaged"
COMMAND = dict(type="os.system", command="touch executed")
DEEP = 10_000

#: Given together with a config.
STATES = (
    Case("random bytes", ".pth", raw(bytes(range(256)) * 40), UNREADABLE),
    Case("empty", ".pth", raw(b""), UNREADABLE),
    Case("text", ".pth", raw(b"weights\n" * 99), UNREADABLE),
    Case("picture", ".pth", raw(encoded(".png")), UNREADABLE),
    Case("cut at half", ".pth", lambda path: path.write_bytes(WHOLE()[: len(WHOLE()) // 2]), UNREADABLE),
    Case("cut at the end", ".pth", lambda path: path.write_bytes(WHOLE()[:-30]), UNREADABLE),
    Case("pickle that runs a command", ".pth", raw(pickle.dumps(_Touches())), UNREADABLE),
    Case("zip that runs a command", ".pth", zip_without_weights, UNREADABLE),
    Case(
        "weights and an object that runs a command",
        ".pth",
        saved(lambda: {**state(), "x": _Touches()}),
        UNREADABLE,
    ),
    Case("whole network", ".pth", saved(lambda: MODELS.build(NETWORK)), UNREADABLE),
    Case("list", ".pth", saved(lambda: [1, 2]), "holds no weights"),
    Case("tensor", ".pth", saved(lambda: torch.zeros(3)), "holds no weights"),
    Case("nothing in it", ".pth", saved(dict), "holds no weights"),
    Case(
        "numbers instead of tensors", ".pth", saved(lambda: dict.fromkeys(state(), 1.0)), "holds no weights"
    ),
    Case("not a number", ".pth", spoiled(lambda x: x * torch.nan), "NaN or infinite"),
    Case("infinite", ".pth", spoiled(lambda x: x + torch.inf), "NaN or infinite"),
    Case("sparse", ".pth", spoiled(lambda x: x.to_sparse()), "no plain numbers"),
    Case(
        "one number repeated", ".pth", saved(lambda: {"w": torch.zeros(1).expand(10**12)}), "no plain numbers"
    ),
    Case("of integers", ".pth", spoiled(lambda x: x.long()), "torch.int64"),
    Case("of another width", ".pth", spoiled(lambda x: x[:1]), "instead of"),
    Case(
        "of another network", ".pth", saved(lambda: {f"body.{k}": v for k, v in state().items()}), "missing"
    ),
    Case("half", ".pth", saved(lambda: dict(list(state().items())[::2])), "missing"),
    Case("more", ".pth", saved(lambda: {**state(), "more": torch.zeros(2)}), "left over more"),
    Case("pipe", ".pth", lambda path: os.mkfifo(path), "does not exist"),
    Case("device that never ends", ".pth", lambda path: path.symlink_to("/dev/zero"), "does not exist"),
    Case("link to itself", ".pth", lambda path: path.symlink_to(path.name), "does not exist"),
    Case("empty folder", ".pth", lambda path: path.mkdir(), "does not exist"),
    Case("random bytes", ".safetensors", raw(bytes(range(256)) * 40), UNREADABLE),
    Case("another network", ".safetensors", of_network(NETWORK), "missing"),
)

#: Given alone: the file itself has to say which network it is for.
NETWORKS = (
    Case("random bytes", ".safetensors", raw(bytes(range(256)) * 40), DAMAGED),
    Case("empty", ".safetensors", raw(b""), DAMAGED),
    Case("header of 2^63 bytes", ".safetensors", raw(struct.pack("<Q", 2**63) + b"{}"), DAMAGED),
    Case("header of nested brackets", ".safetensors", raw(struct.pack("<Q", DEEP) + b"[" * DEEP), DAMAGED),
    Case(
        "weights that are not there",
        ".safetensors",
        raw(safetensors({}, {"w": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}})),
        DAMAGED,
    ),
    Case(
        "of other programs", ".safetensors", raw(safetensors({"format": "pt"})), "does not say which network"
    ),
    Case("checkpoint", ".pth", saved(state), "does not say which network"),
    Case("pipe", ".safetensors", lambda path: os.mkfifo(path), "do(es)? not exist"),
    Case("device", ".safetensors", lambda path: path.symlink_to("/dev/zero"), "do(es)? not exist"),
    Case("command", ".safetensors", of_network(COMMAND), "network.type is 'os.system'"),
    *(
        Case(
            f"command as {part}",
            ".safetensors",
            changed(**{part: COMMAND}),
            f"network.{part}.type is 'os.system'",
        )
        for part in ("blocks", "stem", "encoder", "neck", "guidance", "head")
    ),
    Case(
        "command deep inside",
        ".safetensors",
        changed(head=dict(type="ResidualHead", block=COMMAND)),
        "os.system",
    ),
    Case(
        "class of PyTorch",
        ".safetensors",
        of_network(dict(type="torch.nn.Linear")),
        "network.type is 'torch.nn.Lin",
    ),
    Case(
        "network in a file",
        ".safetensors",
        of_network(dict(type="ExportedNetwork", path="/dev/zero")),
        "Exported",
    ),
    Case(
        "pretrained from a server",
        ".safetensors",
        changed(init_cfg=dict(type="Pretrained")),
        "network.init_cfg",
    ),
    Case("brackets", ".safetensors", of_network("[" * DEEP), "nested deeper|no JSON"),
    Case(
        "nested parts",
        ".safetensors",
        of_network('{"neck":' * DEEP + "1" + "}" * DEEP),
        "nested deeper|longer",
    ),
    Case("megabytes of spaces", ".safetensors", of_network(" " * 10**7), "longer than"),
    *(
        Case(
            f"width of {str(value)[:12]!r}",
            ".safetensors",
            changed(widths=[value, 8]),
            r"network|cannot be built",
        )
        for value in ("8", -8, 0, 10**9, [8], None, {}, True, 8.5, float("nan"), float("inf"), 10**300)
    ),
    Case(
        "unknown part", ".safetensors", changed(neck=dict(type="Giraffe")), "network.neck.type is 'Giraffe'"
    ),
    Case("part in the wrong place", ".safetensors", changed(neck=NETWORK["blocks"]), "network.neck.type"),
    Case("misspelt argument", ".safetensors", changed(width=[4]), "network.width is no argument"),
    Case("misspelt type", ".safetensors", changed(type="FusionUnet"), "network.type is 'FusionUnet'"),
    Case(
        "more weights than it holds",
        ".safetensors",
        of_network({**NETWORK, "widths": [512, 1024]}),
        "parameters",
    ),
    Case(
        "pyramid of 2^20",
        ".safetensors",
        changed(head=dict(type="LaplacianBlendHead", num_bands=20)),
        "multiples",
    ),
    *(
        Case(
            f"text encoder: {name}",
            ".safetensors",
            of_text_encoder(config),
            "text_encoder is none that a file",
        )
        for name, config in (
            ("command", COMMAND),
            ("command as argument", dict(type="SentenceTextEncoder", name=COMMAND)),
            ("class of PyTorch", dict(type="torch.nn.Linear", in_features=1, out_features=1)),
            ("network", NETWORK),
            ("from a server", dict(type="SentenceTextEncoder", name="stranger/model")),
            ("from a folder", dict(type="SentenceTextEncoder", name="/dev")),
            ("CLIP from a server", dict(type="CLIPTextEncoder", name="stranger/model")),
            ("misspelt", dict(type="SentenceTextEncodr")),
            ("unknown pool", dict(type="SentenceTextEncoder", pool="max")),
            ("pool of a list", dict(type="SentenceTextEncoder", pool=["events"])),
            ("more arguments", dict(type="SentenceTextEncoder", batch_size=10**9)),
            ("without type", {}),
            ("null", None),
            ("list", [dict(type="SentenceTextEncoder")]),
            ("number", 10**300),
            ("text", json.dumps("SentenceTextEncoder")),
            ("no JSON", "SentenceTextEncoder"),
            ("nothing", ""),
            ("brackets", "[" * DEEP),
            ("nested parts", '{"type":' * DEEP + "1" + "}" * DEEP),
            ("megabytes of spaces", json.dumps(dict(type="SentenceTextEncoder")) + " " * 10**7),
            ("control characters", "\x1b[2J\n"),
        )
    ),
    Case(
        "text encoder of another length",
        ".safetensors",
        of_text_encoder(dict(type="SentenceTextEncoder"), channels=512),
        "gives 384 values and the network takes 512",
    ),
    Case(
        "text encoder of a network without text",
        ".safetensors",
        of_network(NETWORK, text_encoder=dict(type="SentenceTextEncoder")),
        "gives 384 values and the network takes no text",
    ),
    # text for the shell, the log and the terminal
    Case(
        "type with control characters", ".safetensors", changed(type="\x1b[2J\nFusionUNet"), "network.type is"
    ),
    # exported networks
    *(
        Case(f"{name} as {extension[1:]}", extension, raw(data), "hostile")
        for extension in (".onnx", ".xml")
        for name, data in (
            ("random bytes", bytes(range(256)) * 40),
            ("empty file", b""),
            ("text", b"network\n" * 9),
            ("picture", encoded(".png")),
            (
                "entities",
                b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><net name="&a;" version="11"/>',
            ),
        )
    ),
    Case("pipe as onnx", ".onnx", lambda path: os.mkfifo(path), "hostile"),
    Case("device as onnx", ".onnx", lambda path: path.symlink_to("/dev/zero"), "hostile"),
    Case("folder as xml", ".xml", lambda path: path.mkdir(), "hostile"),
)
