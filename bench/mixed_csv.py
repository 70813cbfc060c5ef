"""A CSV file of mixed columns, made from a seed: what `./dev bench profile` reads. Run: mixed_csv.py PATH MEGABYTES [SEED]."""

import sys

import numpy as np

WORDS = """about after again along always another around because before begin better between both bring build carry change city close
country course cover credit delay different door early enough every family field figure final follow green group heavy house important
interest issue large later learn letter level light little machine market measure member moment money morning mountain music never north
number offer office often order other paper people person place plain point power price problem public quick quite reason river second
service simple small south spring square station story street strong summer system table thing travel under value water while winter
world write young""".split()

HEADER = "id,price,ratio,score,quantity,age,delay,city,segment,state,flag,signed,updated,amount,comment,note"


def _missing(rng, cells, share, token=""):
    return np.where(rng.random(len(cells)) < share, token, cells)


def _sentences(rng, n, least, most):
    words = np.array(WORDS)
    lengths = rng.integers(least, most + 1, n)
    picked = words[rng.integers(0, len(words), int(lengths.sum()))]
    return [" ".join(part) for part in np.split(picked, np.cumsum(lengths)[:-1])]


def _days(rng, n):
    return np.datetime64("2015-01-01") + rng.integers(0, 3000, n)


def block(rng, start, n):
    """Return `n` lines as one text."""
    seconds = np.datetime64("2021-06-01T00:00:00") + rng.integers(0, 10**7, n)
    comments = _sentences(rng, n, 3, 9)
    quoted = rng.random(n) < 0.3
    columns = [
        np.char.add("C", np.arange(start, start + n).astype(str)),
        np.char.mod("%.2f", rng.lognormal(4, 1, n)),
        rng.normal(size=n).astype(str),
        _missing(rng, np.char.mod("%.5f", rng.random(n)), 0.1, "NA"),
        rng.integers(0, 1000, n).astype(str),
        _missing(rng, rng.integers(18, 95, n).astype(str), 0.05),
        rng.integers(-500, 100000, n).astype(str),
        np.char.add("city ", rng.zipf(1.5, n).clip(max=900).astype(str)),
        np.array(["retail", "wholesale", "online", "partner"])[rng.integers(0, 4, n)],
        _missing(rng, np.char.add("S", rng.integers(10, 60, n).astype(str)), 0.02),
        np.where(rng.random(n) < 0.3, "True", "False"),
        _missing(rng, _days(rng, n).astype(str), 0.03),
        np.char.replace(seconds.astype(str), "T", " "),
        np.char.mod("%.1f", rng.gamma(2, 300, n)),
        np.array([f'"{text}, and more"' if marked else text for text, marked in zip(comments, quoted, strict=True)]),
        _missing(rng, np.array(_sentences(rng, n, 1, 2)), 0.6),
    ]
    return "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"


def write(path, megabytes, seed=1):
    """Write about `megabytes` MB to `path`; return the number of rows."""
    rng, rows, size = np.random.default_rng(seed), 0, 0
    with open(path, "w", encoding="utf-8", newline="") as file:
        size += file.write(HEADER + "\n")
        while size < megabytes * 10**6:
            size += file.write(block(rng, rows, 20000))
            rows += 20000
    return rows


if __name__ == "__main__":
    print(write(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1))
