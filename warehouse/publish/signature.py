"""Manifests signed with a key of the deployment, so that whoever has its public half needs nothing else (Ed25519)."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from core.errors import WarehouseError

SUFFIX = ".sig"
MAKE = "`openssl genpkey -algorithm ed25519 -out key.pem`, `openssl pkey -in key.pem -pubout -out public.pem`"


def signature_path(manifest: Path) -> Path:
    """Beside the manifest: the 64 bytes of its signature."""
    return manifest.with_name(manifest.name + SUFFIX)


def sign(manifest: Path, key: Path) -> None:
    """Sign a manifest that has no signature yet. WarehouseError where the key is none."""
    signed = signature_path(manifest)
    if signed.exists():
        return
    private = _loaded(key, is_private=True)
    assert isinstance(private, Ed25519PrivateKey), "what was asked for"
    draft = signed.with_suffix(".part")
    draft.write_bytes(private.sign(manifest.read_bytes()))
    draft.chmod(0o400)
    draft.replace(signed)


def unsigned(manifests: list[Path], key: Path) -> list[str]:
    """A line for each manifest that is not as the key has signed it, and for the last one where it is not signed.

    One before that has no signature, of a time before there was a key, is proved by those that follow it.
    """
    public = _loaded(key, is_private=False)
    assert isinstance(public, Ed25519PublicKey), "what was asked for"
    told = []
    for manifest in manifests:
        path = signature_path(manifest)
        try:
            if path.exists():
                public.verify(path.read_bytes(), manifest.read_bytes())
            elif manifest == manifests[-1]:
                told.append(f"{manifest.name} has no signature")
        except InvalidSignature:
            told.append(f"{manifest.name} is not what was signed")
    return told


def _loaded(key: Path, *, is_private: bool) -> object:
    wanted = Ed25519PrivateKey if is_private else Ed25519PublicKey
    try:
        content = key.read_bytes()
        loaded = load_pem_private_key(content, password=None) if is_private else load_pem_public_key(content)
    except (OSError, ValueError, TypeError) as error:
        raise WarehouseError(f"The key {key} cannot be read: {error}.", remedy=f"Make one: {MAKE}.") from error
    if not isinstance(loaded, wanted):
        raise WarehouseError(f"The key {key} is not of Ed25519.", remedy=f"Make one: {MAKE}.")
    return loaded
