"""Writes number_golden.h: bits of doubles and the text that Python's repr() gives them, without the '.0' of whole numbers.

python tests/base/make_numbers.py > tests/base/number_golden.h
"""

import random
import struct


def text_of(value):
    text = repr(value)
    return text[:-2] if text.endswith(".0") and value != 0 else {"0.0": "0"}.get(text, text)


def main():
    random.seed(20240601)
    values = [
        0.0,
        -0.0,
        5e-324,
        2.2250738585072014e-308,
        2.225073858507201e-308,
        1.7976931348623157e308,
        1e15,
        1e16,
        1e17,
        123456789012345680.0,
        9007199254740993.0,
        1e-4,
        1e-5,
        0.3,
        0.1 + 0.2,
        1 / 3,
        -2 / 3,
        1e23,
        9.5e-7,
        4.35,
        0.000123,
    ]
    values += [2.0**k for k in range(-1074, 1024, 7)]
    values += [random.uniform(-1, 1) * 10.0 ** random.randint(-12, 20) for _ in range(150)]
    values += [round(random.uniform(-1e4, 1e4), random.randint(0, 6)) for _ in range(100)]
    values += [struct.unpack("<d", struct.pack("<Q", random.getrandbits(62)))[0] for _ in range(150)]
    print("/* Made by make_numbers.py. */")
    print("static const struct {\n    uint64_t bits;\n    const char *text;\n} number_golden[] = {")
    for value in values:
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        print(f'    {{UINT64_C(0x{bits:016x}), "{text_of(value)}"}},')
    print("};")


main()
