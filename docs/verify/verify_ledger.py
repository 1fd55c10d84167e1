#!/usr/bin/env python3
"""Verifies an export of a Slipway ledger with nothing but Python's standard library, independently of Slipway.

usage: verify_ledger.py EXPORT [--trust FILE] [--anchors FOLDER] [--log ID] [--json]
Exit 0: intact. 50: not intact; the first bad record and what was done to it are printed. 2: it cannot be read.
"""
import argparse, base64, hashlib, json, pathlib, re, sys

sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FORM = re.compile(r"([^\n]+)\n([1-9]\d{0,15})\n([^\n]+)\nslipway-head ([0-9a-f]{64})\nslipway-log ([0-9a-f-]{36})\n")
VAGUE = ("head-differs", "head-missing", "truncated")  # these do not say which record was changed
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032 section 5.1
D, I = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
COLUMNS = ("id", "app", "env", "deploymentId", "record", "prevHash", "entryHash")

def point_of(data):
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = next((x for root in (1, I) if ((x := pow(square, (P + 3) // 8, P) * root % P) ** 2 - square) % P == 0), 0)
    if (x * x - square) % P or y >= P or (x == 0 and sign): raise ValueError
    return (P - x if x % 2 != sign else x), y
def add(a, b):
    m = D * a[0] * b[0] * a[1] * b[1] % P
    return (a[0] * b[1] + b[0] * a[1]) * pow(1 + m, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - m, -1, P) % P
def times(n, point):
    total = (0, 1)
    for bit in bin(n)[2:]: total = add(add(total, total), point) if bit == "1" else add(total, total)
    return total
def is_signed(key, text, signature):
    s, h = (int.from_bytes(data, "little") for data in (signature[32:], hashlib.sha512(signature[:32] + key + text).digest()))
    try: return len(signature) == 64 and s < L and times(s, point_of(b"\x58" + b"\x66" * 31)) == add(point_of(signature[:32]), times(h % L, point_of(key)))
    except ValueError: return False
def read_keys(text):
    keys = {}
    for line in filter(lambda line: line and line[0] != "#", map(str.strip, text.splitlines())):
        name, ident, key = (*line.split("+", 2)[:2], base64.b64decode(line.split("+", 2)[-1], validate=True))
        if sha(name.encode(), b"\n", key)[:4].hex() != ident or key[0] != 1 or len(key) != 33: raise ValueError(f"{line} is no key")
        keys[name, ident] = key[1:]
    return keys
def judge(note, keys):  # -> (what is wrong or None, the checkpoint's fields)
    (text, gap, lines), signed, bad = note.rpartition("\n\n"), keys is None, None
    for line in lines.split("\n")[:-1] or [""]:
        match = re.fullmatch("\u2014 (\\S+) ([A-Za-z0-9+/]+={0,2})", line)
        data = base64.b64decode(match[2] + "=" * 3) if match else b""
        if not gap or not lines.endswith("\n") or len(data) < 5 or base64.b64encode(data).decode() != match[2]: return "checkpoint-differs", None
        key = (keys or {}).get((match[1], data[:4].hex()))
        if key and not is_signed(key, (text + "\n").encode(), data[4:]): bad = "bad-signature"
        signed = signed or bool(key)
    fields = FORM.fullmatch(text + "\n")
    return bad or (None if signed else "unknown-key") or (None if fields else "checkpoint-differs"), fields and fields.groups()
def canonical(value):  # RFC 8785; a fraction is an error here, Python writes some of them in another way
    if isinstance(value, dict): return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))) + "}"
    if isinstance(value, list): return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) and (not value.is_integer() or abs(value) >= 1e21): raise ArithmeticError
    return str(int(value)) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
def read_record(text):  # -> (what the record says of itself or None, its canonical bytes)
    try:
        value = json.loads(text, parse_int=float, parse_constant=lambda _: 1 / 0)
        at, ident, log, seq, entry = (value[name] for name in ("at", "id", "log", "seq", "entry"))
        if not AT.fullmatch(at) or not isinstance(ident, str) or not isinstance(log, str) or not isinstance(seq, float): raise ValueError
        told = (at, ident, log, seq, entry.get("app"), entry.get("env"), entry.get("deploymentId"))
        return told, canonical(value).encode()
    except ArithmeticError: return (None if "entry" not in locals() else told), text.encode("utf-8", "replace")
    except (ValueError, TypeError, KeyError, AttributeError): return None, text.encode("utf-8", "replace")

def check_chain(rows, head, sizes, wanted):  # -> (faults, size -> (hash, root), number of records, id of the ledger)
    faults, tree, reached, moved, last, log, before = [], [], {}, {}, None, None, "00" * 32
    fault = lambda seq, kind: faults.append((int(seq), kind))
    for row in rows:
        seq, record, prev, own = row["seq"], row["record"], row["prevHash"], row["entryHash"]
        text, end, copied = record.encode("utf-8", "replace"), last["seq"] if last else 0, last and last["record"] == record
        if seq <= end: fault(seq, "duplicated")
        if seq > end + 1: fault(end + 1, "deleted")
        told, form = read_record(record)
        if told and told[3] != seq and copied: fault(seq, "duplicated")
        elif told and told[3] != seq: moved[seq] = told[3]
        log = log or (told and told[2])
        if told and told[2] != log: fault(seq, "inserted")
        if not told or [told[1], *told[4:]] != [row[name] for name in COLUMNS[:4]]: fault(seq, "edited")
        if told and last and last["told"] and told[0] < last["told"][0]: fault(seq, "time-backwards")
        fits = lambda some: bool(re.fullmatch("[0-9a-fA-F]{64}", prev)) and sha(b"\0", bytes.fromhex(prev), some).hex() == own
        whole = fits(text)
        if form != text and (whole or fits(form)): fault(seq, "not-canonical"); whole = True
        if not whole: fault(seq, "edited")
        elif prev != before and (end + 1 == seq and not copied and end not in moved):
            if last and prev == last["before"]: fault(end, "inserted")
            elif seq not in moved: fault(end if last else seq, "edited")
        tree.append((1, sha(b"\0", text)))
        while len(tree) > 1 and tree[-1][0] == tree[-2][0]:
            tree[-2:] = [(2 * tree[-1][0], sha(b"\1", tree[-2][1], tree[-1][1]))]
        if seq in sizes:
            root = tree[-1][1]
            for _, left in tree[-2::-1]: root = sha(b"\1", left, root)
            reached[seq] = (own, base64.b64encode(root).decode())
        last, before = {"seq": seq, "record": record, "told": told, "before": before}, own
    end = last["seq"] if last else 0
    if head is None: fault(end + 1, "head-missing")
    elif end < head["seq"]: fault(end + 1, "truncated")
    elif end > head["seq"]: fault(head["seq"] + 1, "inserted")
    elif before != head["entryHash"]: fault(max(end, 1), "head-differs")
    if head and log and log != head["log"]: fault(1, "head-differs")
    log = log or (head or {}).get("log")
    if wanted and log != wanted: fault(1, "other-ledger")
    for seq, says in moved.items(): fault(seq, "reordered" if seq in moved.values() else "deleted" if says > seq else "inserted")
    return faults, reached, end, log
def compare(faults, claims, strangers, reached, end, log, head):
    broken = lambda after, through: any(after < seq <= through and kind not in VAGUE for seq, kind in faults)
    signed, found = 0, []
    for size, _, root, entry, of in sorted(claims):
        if log and of != log: strangers.append((size, "checkpoint-differs"))
        elif size in reached and reached[size][0] == entry and (broken(0, size) or reached[size][1] == root): signed = size
        elif size in reached and not found and not broken(signed, size): found.append((signed + 1, "forked"))
    beyond = [place for size, place, *_ in claims if size > end]
    if beyond and not (head and head["seq"] > end):
        found.append((end + 1, "truncated-vs-anchor" if faults or found or "ledger" in beyond else "rolled-back"))
    return sorted(found + faults, key=lambda one: one[0]) + sorted(strangers, key=lambda one: one[0])
def read_rows(text):
    last = 0
    for line in text.split("\n")[: -1 if text.endswith("\n") or not text else None]:
        try: value = json.loads(line)
        except ValueError: value = None
        row = value if isinstance(value, dict) else {"record": line}
        last = row["seq"] if isinstance(row.get("seq"), (int, float)) else last + 1
        yield {**{name: row[name] if isinstance(row.get(name), str) else "" for name in COLUMNS}, "seq": last}
def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("export", "--trust", "--anchors"): parser.add_argument(name, type=pathlib.Path)
    for name, action in (("--log", "store"), ("--json", "store_true")): parser.add_argument(name, action=action)
    args, text = parser.parse_args(), lambda path: path.read_bytes().decode("utf-8", "replace")
    trust = args.trust or args.export / "keys"  # the export's own keys show no more than that it agrees with itself
    keys = read_keys(text(trust)) if args.trust or trust.exists() else None
    try: head = {name: kind(json.loads(text(args.export / "head.json"))[name]) for name, kind in (("log", str), ("seq", int), ("entryHash", str))}
    except (OSError, ValueError, KeyError, TypeError): head = None
    files = [("ledger", file) for file in sorted((args.export / "checkpoints").glob("*.note"))]
    if args.anchors and head: files += [("anchor", file) for file in sorted((args.anchors / "checkpoints" / head["log"]).glob("*.note"))]
    claims, strangers = set(), []
    for place, file in files:
        wrong, fields = judge(text(file), keys or (None if not args.trust else {}))
        if wrong or int(fields[1]) != int(file.name[:16]): strangers.append((int(file.name[:16]), wrong or "checkpoint-differs"))
        if not wrong: claims.add((int(fields[1]), place, *fields[2:]))
    rows = list(read_rows(text(args.export / "records.jsonl")))
    faults = compare(*(lambda f, r, e, log: (f, claims, strangers, r, e, log, head))(*check_chain(rows, head, {claim[0] for claim in claims}, args.log)))
    first = {"seq": faults[0][0], "kind": faults[0][1]} if faults else None
    plain = "intact: %d records" % len(rows) if not faults else "NOT INTACT: the damage begins at record %(seq)d (%(kind)s)" % first
    print(json.dumps({"verdict": "not-intact" if faults else "intact", "records": len(rows), "first": first}) if args.json else plain)
    return 50 if faults else 0
if __name__ == "__main__":
    try: sys.exit(main())
    except (OSError, ValueError) as error: sys.exit(print(f"verify_ledger: {error}", file=sys.stderr) or 2)
