"""The two hashes by which TensorFlow numbers strings, so that a word falls into the same bucket.

`fingerprint` is FarmHash's Fingerprint64 (G. Pike), which `string_to_hash_bucket_fast` and feature
columns use; `murmur` is MurmurHash64A (A. Appleby), which `string_to_hash_bucket` uses; `crossed`
joins fingerprints of several features into one.  All numbers are unsigned, of 64 bits.
"""

from __future__ import annotations

MASK = (1 << 64) - 1
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
MURMUR = 0xC6A4A7935BD1E995
SEED = 0xDECAFCAFFE


def fingerprint(data: bytes) -> int:
    """FarmHash's Fingerprint64 of a string of bytes.

    >>> fingerprint(b"a")
    12917804110809363939
    """
    n = len(data)
    if n <= 16:
        return _short(data, n)
    if n <= 32:
        return _to_32(data, n)
    if n <= 64:
        return _to_64(data, n)
    return _long(data, n)


def murmur(data: bytes, seed: int = SEED) -> int:
    """MurmurHash64A of a string of bytes."""
    n = len(data)
    h = seed ^ (n * MURMUR & MASK)
    for at in range(0, n - n % 8, 8):
        k = _read(data, at) * MURMUR & MASK
        k = (k ^ k >> 47) * MURMUR & MASK
        h = (h ^ k) * MURMUR & MASK
    if n % 8:
        h = (h ^ int.from_bytes(data[n - n % 8 :], "little")) * MURMUR & MASK
    h = (h ^ h >> 47) * MURMUR & MASK
    return h ^ h >> 47


def crossed(prints: list[int], key: int = SEED) -> int:
    """One fingerprint for several, in this order."""
    found = key
    for own in prints:
        mixed = own * MURMUR & MASK
        mixed = (mixed ^ mixed >> 47) * MURMUR & MASK
        found = ((found ^ MURMUR) ^ mixed) * MURMUR & MASK
        found = (found ^ found >> 47) * MURMUR & MASK
        found ^= found >> 47
    return found


def _read(data: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _turn(value: int, by: int) -> int:
    return (value >> by | value << (64 - by)) & MASK


def _mix(value: int) -> int:
    return value ^ value >> 47


def _join(u: int, v: int, factor: int) -> int:
    a = _mix((u ^ v) * factor & MASK)
    b = _mix((v ^ a) * factor & MASK)
    return b * factor & MASK


def _short(s: bytes, n: int) -> int:
    factor = K2 + n * 2 & MASK
    if n >= 8:
        a, b = _read(s, 0) + K2 & MASK, _read(s, n - 8)
        c = _turn(b, 37) * factor + a & MASK
        d = (_turn(a, 25) + b) * factor & MASK
        return _join(c, d, factor)
    if n >= 4:
        return _join(n + (_read(s, 0, 4) << 3) & MASK, _read(s, n - 4, 4), factor)
    if n:
        y, z = s[0] + (s[n >> 1] << 8), n + (s[n - 1] << 2)
        return _mix((y * K2 & MASK) ^ (z * K0 & MASK)) * K2 & MASK
    return K2


def _to_32(s: bytes, n: int) -> int:
    factor = K2 + n * 2 & MASK
    a, b = _read(s, 0) * K1 & MASK, _read(s, 8)
    c, d = _read(s, n - 8) * factor & MASK, _read(s, n - 16) * K2 & MASK
    first = _turn(a + b & MASK, 43) + _turn(c, 30) + d & MASK
    return _join(first, a + _turn(b + K2 & MASK, 18) + c & MASK, factor)


def _to_64(s: bytes, n: int) -> int:
    factor = K2 + n * 2 & MASK
    a, b = _read(s, 0) * K2 & MASK, _read(s, 8)
    c, d = _read(s, n - 8) * factor & MASK, _read(s, n - 16) * K2 & MASK
    y = _turn(a + b & MASK, 43) + _turn(c, 30) + d & MASK
    z = _join(y, a + _turn(b + K2 & MASK, 18) + c & MASK, factor)
    e, f = _read(s, 16) * factor & MASK, _read(s, 24)
    g = (y + _read(s, n - 32)) * factor & MASK
    h = (z + _read(s, n - 24)) * factor & MASK
    first = _turn(e + f & MASK, 43) + _turn(g, 30) + h & MASK
    return _join(first, e + _turn(f + a & MASK, 18) + g & MASK, factor)


def _weak(s: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_read(s, at + 8 * i) for i in range(4))
    a = a + w & MASK
    b = _turn(b + a + z & MASK, 21)
    c = a
    a = a + x + y & MASK
    b = b + _turn(a, 44) & MASK
    return a + z & MASK, b + c & MASK


def _long(s: bytes, n: int) -> int:
    x, y = 81, 81 * K1 + 113 & MASK
    z = _mix(y * K2 + 113 & MASK) * K2 & MASK
    v, w = (0, 0), (0, 0)
    x = x * K2 + _read(s, 0) & MASK
    end = (n - 1) // 64 * 64
    for at in range(0, end, 64):
        x = _turn(x + y + v[0] + _read(s, at + 8) & MASK, 37) * K1 & MASK
        y = _turn(y + v[1] + _read(s, at + 48) & MASK, 42) * K1 & MASK
        x ^= w[1]
        y = y + v[0] + _read(s, at + 40) & MASK
        z = _turn(z + w[0] & MASK, 33) * K1 & MASK
        v = _weak(s, at, v[1] * K1 & MASK, x + w[0] & MASK)
        w = _weak(s, at + 32, z + w[1] & MASK, y + _read(s, at + 16) & MASK)
        z, x = x, z
    factor = K1 + ((z & 0xFF) << 1) & MASK
    at = n - 64
    w = (w[0] + (n - 1 & 63) & MASK, w[1])
    v = (v[0] + w[0] & MASK, v[1])
    w = (w[0] + v[0] & MASK, w[1])
    x = _turn(x + y + v[0] + _read(s, at + 8) & MASK, 37) * factor & MASK
    y = _turn(y + v[1] + _read(s, at + 48) & MASK, 42) * factor & MASK
    x ^= w[1] * 9 & MASK
    y = y + v[0] * 9 + _read(s, at + 40) & MASK
    z = _turn(z + w[0] & MASK, 33) * factor & MASK
    v = _weak(s, at, v[1] * factor & MASK, x + w[0] & MASK)
    w = _weak(s, at + 32, z + w[1] & MASK, y + _read(s, at + 16) & MASK)
    z, x = x, z
    first = _join(v[0], w[0], factor) + _mix(y) * K0 + z & MASK
    return _join(first, _join(v[1], w[1], factor) + x & MASK, factor)
