#!/usr/bin/env python3
"""Makes tests/data/derived-secrets.json by the description in src/crypto/derive.rs and src/crypto/recovery_code.rs,
with Python's standard library and nothing of the extension:

    python3 tests/data/derived_secrets.py > tests/data/derived-secrets.json

Whoever has to read an account's secrets off a master key without the extension finds here how.
"""

import base64
import hashlib
import hmac
import json

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def field(value: bytes) -> bytes:
    """A field behind its length."""
    return len(value).to_bytes(8, "big") + value


def derive(master: bytes, kind: str, site: str, user: str, generation: int, index: int) -> bytes:
    """The 32 bytes that are derived."""
    parts = [
        b"twofactor/derive/1",
        kind.encode(),
        site.encode(),
        user.encode(),
        generation.to_bytes(8, "big"),
        index.to_bytes(4, "big"),
    ]
    return hmac.new(master, b"".join(field(part) for part in parts), hashlib.sha256).digest()


def times_alpha(value: int) -> int:
    """Multiplied by x in GF(2)[x] / (x^5 + x^2 + 1)."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def recovery_code(derived: bytes, letters: int) -> str:
    """As it is printed: five bits a letter from the first bit on, a check letter, groups of four."""
    bits = "".join(f"{byte:08b}" for byte in derived)
    values = [int(bits[5 * place : 5 * place + 5], 2) for place in range(letters)]
    check = 0
    for value in values:
        check = times_alpha(check ^ value)
    text = "".join(ALPHABET[value] for value in [*values, check])
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def totp(secret: bytes, at: int) -> str:
    """The six digits of an authenticator app (RFC 6238, SHA-1, 30 seconds)."""
    mac = hmac.new(secret, (at // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def main() -> None:
    masters = {
        "zeros": bytes(32),
        "counting": bytes(range(32)),
        "ones": b"\xff" * 32,
    }
    people = [
        ("default", "1"),
        ("default", "01"),
        ("shop.example", "7"),
        ("Bäckerei Süß", "grüße@example.org"),
        ("s", "x" * 191),
    ]
    vectors = []
    for name, master in masters.items():
        for site, user in people:
            for generation in (1, 1_700_000_010, 2**64 - 1):
                for kind, index in (("totp", 0), ("recovery", 1), ("recovery", 2), ("recovery", 20)):
                    derived = derive(master, kind, site, user, generation, index)
                    vector = {
                        "master": master.hex(),
                        "kind": kind,
                        "site": site,
                        "user": user,
                        "generation": str(generation),
                        "index": index,
                        "derived": derived.hex(),
                    }
                    if kind == "totp":
                        secret = derived[:20]
                        vector["secret"] = base64.b32encode(secret).decode().rstrip("=")
                        vector["code_at_1700000010"] = totp(secret, 1_700_000_010)
                    else:
                        vector["code"] = recovery_code(derived, 19)
                        vector["code_strict"] = recovery_code(derived, 23)
                    vectors.append(vector)
    print(json.dumps(vectors, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
