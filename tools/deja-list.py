#!/usr/bin/env python3
"""Lists a recording of DejaVM: its header and frames, or with --events all that was recorded.

A second reader of the format, written from docs/recording-format.md; the sections named here are
that page's. Needs Python's standard library and, before Python 3.14, libzstd.
"""

import argparse
import array
import ctypes
import ctypes.util
import heapq
import signal
import struct
import sys
import zlib
from collections import namedtuple

KINDS = "? HEADER PAGES EVENTS DIGEST SNAPSHOT INDEX END CALLS ROM SNAPSHOT_PAGES".split()
HEADER, EVENTS, DIGEST, SNAPSHOT, INDEX, END, CALLS = 1, 3, 4, 5, 6, 7, 8
CODECS = "stored deflate zstd".split()

# texts of section 7, and the fields that go into them: the letters are in Bytes.field
INPUTS = {
    1: ("key 0x%02x %s", "k"),
    2: ("pointer dx %d dy %d wheel %d buttons 0x%x", "iiiu"),
    3: ("net %d frame %s", "ub"),
    4: ("serial %d bytes %s", "ub"),
    5: ("usb transfer %d status %d data %s", "Uib"),
    6: ("audio %d samples %s", "ub"),
    7: ("media %d image %s", "ut"),
    8: ("disk %d fault at sector %d", "uU"),
    9: ("power button", ""),
    10: ("reset button", ""),
}
EFFECTS = {
    1: ("ram 0x%x bytes %s", "Ub"),
    2: ("cpu %d signal %s %d", "usi"),
    3: ("map %s 0x%x length 0x%x to %s", "aUUm"),
}
SIGNALS = dict(enumerate("INTR NMI SMI INIT SIPI RESET A20 IGNNE POWER_OFF TASK_PRIORITY".split(), 1))
SPACES = {1: "port", 2: "memory", 3: "msr"}
BACKINGS = {
    1: ("ram 0x%x", "U"),
    2: ("read-only ram 0x%x", "U"),
    3: ("rom %d", "u"),
    4: ("video 0x%x", "U"),
    5: ("outside", ""),
    6: ("hidden ram 0x%x", "U"),
}
HASH_START = 0x2545F4914F6CDD1D

Frame = namedtuple("Frame", "number place kind codec first last size stored")


class Damage(Exception):
    def __init__(self, place, reason):
        super().__init__("at byte %d: %s" % (place, reason))


class Unusable(Exception):
    """There is nothing to list."""


# ---- section 1: primitives ----

ONES = []
for state in range(256):
    for _ in range(8):
        state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    ONES.append(state)
# for two bytes at once, which halves the turns of the loop below
PAIRS = [ONES[ONES[v & 255] & 255 ^ v >> 8] ^ ONES[v & 255] >> 8 for v in range(1 << 16)]


def crc(data, before=0):
    """CRC-32C of the data, or of all together where `before` is that of what comes before it."""
    words = array.array("H", data[: len(data) & ~1])
    if sys.byteorder == "big":
        words.byteswap()
    state = before ^ 0xFFFFFFFF
    for word in words:
        state = PAIRS[(state ^ word) & 0xFFFF] ^ state >> 16
    if len(data) & 1:
        state = ONES[(state ^ data[-1]) & 255] ^ state >> 8
    return state ^ 0xFFFFFFFF


class Bytes:
    """A payload, or a column of one, read from the front."""

    def __init__(self, data, place):
        self.data, self.at, self.place = data, 0, place

    def damage(self, reason):
        return Damage(self.place, reason)

    def left(self):
        return len(self.data) - self.at

    def end(self):
        if self.left():
            raise self.damage("%d bytes are left over" % self.left())

    def raw(self, length):
        if length > self.left():
            raise self.damage("the data ends early")
        self.at += length
        return self.data[self.at - length : self.at]

    def fixed(self, length):
        return int.from_bytes(self.raw(length), "little")

    def varint(self, limit=1 << 64):
        value = shift = 0
        more = True
        while more and shift < 70:
            byte = self.fixed(1)
            value |= (byte & 127) << shift
            more = byte > 127
            shift += 7
        if more or value >= limit:
            raise self.damage("a number is out of range")
        return value

    def zigzag(self, bits=64):
        value = self.varint(1 << bits)
        return value >> 1 ^ -(value & 1)

    def later(self, now, last):
        """The moment at a distance from another, within its frame."""
        now += self.varint()
        if now > last:
            raise self.damage("a moment lies outside its frame")
        return now

    def string(self, length=None):
        try:
            return self.raw(self.varint() if length is None else length).decode("utf-8")
        except UnicodeDecodeError:
            raise self.damage("a text is not UTF-8") from None

    def choice(self, table):
        code = self.fixed(1)
        if code not in table:
            raise self.damage("code %d is unknown" % code)
        return table[code]

    def field(self, letter):
        if letter == "k":  # a key
            code = self.varint(1 << 33)
            return code >> 1, "down" if code & 1 else "up"
        if letter == "m":  # visibility and backing of a range
            hidden = self.fixed(1)
            return (self.text(BACKINGS) + (" in smm only" if hidden else ""),)
        if letter == "b":  # bytes
            return (self.raw(self.varint()).hex() or "-",)
        if letter == "t":  # a text
            return (quoted(self.string()),)
        if letter in "as":  # a space, a signal
            return (self.choice(SPACES if letter == "a" else SIGNALS),)
        # a number: of 32 bits with or without sign, of 64 bits
        return (self.zigzag(32) if letter == "i" else self.varint(1 << (32 if letter == "u" else 64)),)

    def text(self, table):
        form, letters = self.choice(table)
        return form % tuple(value for letter in letters for value in self.field(letter))


# ---- section 2: the file ----


def zstd_expander():
    try:
        from compression import zstd

        return lambda stored, size: zstd.ZstdDecompressor().decompress(stored, size + 1)
    except ImportError:
        pass
    for name in ("libzstd.so.1", "libzstd.dylib", ctypes.util.find_library("zstd")):
        try:
            decompress = ctypes.CDLL(name or "no libzstd").ZSTD_decompress
        except (OSError, AttributeError):
            continue
        pointer, size_t = ctypes.c_void_p, ctypes.c_size_t
        decompress.restype, decompress.argtypes = size_t, (pointer, size_t, ctypes.c_char_p, size_t)

        def expand(stored, size):
            into = ctypes.create_string_buffer(size)
            return into.raw if decompress(into, size, stored, len(stored)) == size else b""

        return expand
    raise Unusable("is compressed with Zstandard: install libzstd, or use Python 3.14 or newer")


class Recording:
    def __init__(self, file):
        self.file, self.zstd = file, None
        self.length = file.seek(0, 2)
        preamble = self.read(0, 16)
        if len(preamble) < 16 or preamble[:8] != b"\x89DEJ\r\n\x1a\n":
            raise Unusable("not a recording")
        version, self.start = struct.unpack("<II", preamble[8:])
        if crc(preamble[:12]) != self.start:
            raise Unusable("not a recording: the checksum of its first bytes does not match")
        if version != 1:
            raise Unusable("recording has format version %d, this program reads version 1" % version)

    def read(self, place, length):
        self.file.seek(place)
        return self.file.read(length)

    def frames(self):
        """All frames in turn, each checked, and then what follows them."""
        frame, place, number, checksum = None, 16, 0, self.start
        while frame is None or frame.kind != END:
            before = frame
            frame, checksum = self.check(place, number, checksum)
            yield frame
            place, number = place + 48 + frame.stored, number + 1
        trailer = struct.pack("<Q4s", before.place if before else 0, b"DJEX")
        trailer += struct.pack("<I", crc(trailer))
        found = self.read(place, 17)
        if len(found) < 16:
            raise Damage(place, "the file ends before its trailer does")
        for i in range(16):
            if found[i] != trailer[i]:
                raise Damage(place + i, "the trailer is not the one of this file")
        if len(found) > 16:
            raise Damage(place + 16, "something follows the end of the recording")
        if not before or before.kind != INDEX:
            raise Damage(place, "there is no index before the end")

    def check(self, place, number, before):
        def demand(holds, reason):
            if not holds:
                raise Damage(place, reason)

        left = self.length - place
        demand(left > 0, "the recording was cut off: it has no end")
        demand(left >= 48, "the file ends inside a frame")
        head = self.read(place, 44)
        mark, kind, codec, zero, sequence, chain = struct.unpack("<4sBBHII", head[:16])
        first, last, size, stored, checksum = struct.unpack("<QQIII", head[16:])
        demand(mark == b"DEJV", "no frame begins here")
        demand(crc(head[:40]) == checksum, "the checksum of the frame's first bytes does not match")
        possible = zero == 0 and max(size, stored) <= 1 << 28 and first <= last < 1 << 63
        demand(possible, "a frame with impossible sizes or moments")
        demand(sequence == number, "frame %d where frame %d belongs" % (sequence, number))
        demand(chain == before, "the frame does not follow the one before it")
        demand(left >= 48 + stored, "the file ends inside a frame")
        found = crc(head)
        for at in range(0, stored, 1 << 16):
            found = crc(self.read(place + 44 + at, min(1 << 16, stored - at)), found)
        expected = struct.unpack("<I", self.read(place + 44 + stored, 4))[0]
        demand(found == expected, "the checksum of the frame does not match")
        return Frame(number, place, kind, codec, first, last, size, stored), found

    def open(self, frame):
        """A frame's payload."""
        data = self.read(frame.place + 44, frame.stored)
        try:
            if frame.codec == 1:
                inflate = zlib.decompressobj()
                data = inflate.decompress(data, frame.size + 1)
                data = data if inflate.eof else b""
            elif frame.codec == 2:
                self.zstd = self.zstd or zstd_expander()
                data = self.zstd(data, frame.size)
        except Unusable:
            raise
        except Exception:  # of the decompressors, each of which has its own
            raise Damage(frame.place, "the frame does not decompress") from None
        if frame.codec >= len(CODECS):
            raise Damage(frame.place, "compression %d is unknown" % frame.codec)
        if len(data) != frame.size:
            raise Damage(frame.place, "the frame does not decompress")
        return Bytes(data, frame.place)


# ---- section 3: payloads, as lines of section 7 ----


def quoted(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"%s"' % "".join("\\u%04x" % ord(c) if c < " " or c == "\x7f" else c for c in text)


def cbor(data, depth=0):
    major, info = divmod(data.fixed(1), 32)
    value = info if info < 24 else int.from_bytes(data.raw(1 << info % 24 % 4), "big")
    if info > 27 or major > 5 or value >> 63 or depth >= 16 and major > 3:
        raise data.damage("the header has something that is not used here")
    if major < 2:
        return ~value if major else value
    if value > data.left():
        raise data.damage("the data ends early")
    if major < 4:
        return data.raw(value) if major == 2 else data.string(value)
    if major == 4:
        return [cbor(data, depth + 1) for _ in range(value)]
    return dict((cbor(data, depth + 1), cbor(data, depth + 1)) for _ in range(value))


def header(data):
    try:
        fields = cbor(data)
        data.end()
        lines = ["semantics %d" % fields["semantics"], "boundary " + fields["boundary"]]
        for key, value in fields["configuration"].items():
            lines.append("configuration " + key + " " + quoted(value))
        for image in fields["images"]:
            what = quoted(image["name"]), image["length"], image["sha256"].hex()
            lines.append("image %s length %d sha256 %s" % what)
        lines.append("note " + quoted(fields["note"]))
        return {"machine": False, "cpu": True}[fields["boundary"]], lines
    except (KeyError, TypeError, AttributeError):
        raise data.damage("the header lacks a field or has one of the wrong type") from None


def events(recording, frames):
    for frame in frames:
        data, now = recording.open(frame), frame.first
        while data.left():
            now = data.later(now, frame.last)
            yield now, "now %d %s" % (now, data.text(INPUTS))


def digests(recording, frames):
    for frame in frames:
        data, now, retired = recording.open(frame), frame.first, 0
        names = [data.string() for _ in range(data.varint())]
        while data.left():
            now = data.later(now, frame.last)
            retired += data.zigzag()
            line = "now %d digest retired %d" % (now, retired)
            for _ in range(data.varint()):
                line += " %s=%016x" % (names[data.varint(len(names))], data.fixed(8))
                for _ in range(data.varint()):
                    data.varint()
                    data.raw(2)
            yield now, line


def call_frames(recording, frames):
    """Each frame with its first call, the number of calls and the hash after it, and its columns."""
    reached = 0, HASH_START
    for frame in frames:
        data = recording.open(frame)
        first, count, before, after = data.varint(), data.varint(), data.fixed(8), data.fixed(8)
        if (first, before) != reached or data.varint() != 32:
            raise data.damage("the calls of the frame do not follow those of the one before it")
        reached = first + count, after
        columns = dict((data.varint(), data.raw(data.varint())) for _ in range(data.varint()))
        data.end()
        yield frame, first, reached, [Bytes(columns.get(i, b""), data.place) for i in range(5)]


def calls(recording, frames):
    for frame, call, (end, _), columns in call_frames(recording, frames):
        data, now = columns[2], frame.first
        while data.left():
            distance, timed = divmod(data.varint(), 2)
            call += distance
            now = data.later(now, frame.last) if timed else now
            if call >= end + timed:
                raise data.damage("an effect lies outside its frame")
            where = "now %d before call %d" % (now, call) if timed else "under call %d" % call
            for _ in range(data.varint()):
                yield where + " " + data.text(EFFECTS)
    number, reached = 0, (0, HASH_START)
    for _, _, reached, columns in call_frames(recording, frames):
        while columns[1].left():
            yield "answer %d 0x%x" % (number, columns[1].varint())
            number += 1
    yield "calls %d hash %016x" % reached


def everything(recording, frames, at_cpu):
    kinds = {kind: [f for f in frames if f.kind == kind] for kind in (EVENTS, DIGEST, SNAPSHOT, CALLS)}
    if at_cpu:
        yield from calls(recording, kinds[CALLS])
    snapshots = ((f.last, "now %d snapshot %d" % (f.last, i)) for i, f in enumerate(kinds[SNAPSHOT]))
    inputs, hashes = events(recording, kinds[EVENTS]), digests(recording, kinds[DIGEST])
    # stable: of one moment inputs come first, then digests
    for _, line in heapq.merge(inputs, hashes, snapshots, key=lambda each: each[0]):
        yield line


def ending(recording, frame):
    data = recording.open(frame)
    line = "now %d end retired %d %s" % (frame.last, data.varint(), quoted(data.string()))
    data.end()
    return line


# ---- section 8: the program ----


def summary(frame):
    kind = KINDS[frame.kind] if 0 < frame.kind < len(KINDS) else "kind-%d" % frame.kind
    codec = CODECS[frame.codec] if frame.codec < len(CODECS) else "codec-%d" % frame.codec
    return "frame %d byte %d %s %s now %d to %d stored %d expanded %d" % (
        (frame.number, frame.place, kind, codec) + (frame.first, frame.last, frame.stored, frame.size)
    )


def lines(file, with_events):
    recording = Recording(file)
    source = recording.frames()
    try:
        last = next(source)
        if last.kind != HEADER:
            raise Damage(16, "the first frame is no header")
        at_cpu, of_header = header(recording.open(last))
    except Damage as e:
        raise Unusable("recording is damaged %s" % e) from None
    yield from of_header
    found, damage = [], None
    if not with_events:
        yield summary(last)
    try:
        for last in source:
            if with_events:
                found.append(last)
            else:
                yield summary(last)
    except Damage as e:
        damage = e
    if with_events:
        yield from everything(recording, found, at_cpu)
    if last.kind == END:
        yield ending(recording, last)
    if damage:
        if with_events:
            yield "damage %s" % damage
        raise damage


def main():
    parser = argparse.ArgumentParser(description="Lists a recording of DejaVM: its header and frames.")
    parser.add_argument("--events", action="store_true", help="print what `dejavm log` prints")
    parser.add_argument("file", metavar="FILE", help="a recording")
    options = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever closes the pipe has seen enough
    code = 0
    try:
        with open(options.file, "rb") as file:
            for line in lines(file, options.events):
                print(line)
    except Damage as e:
        code, problem = 1, "recording is damaged %s" % e
    except (Unusable, OSError) as e:
        code, problem = 2, getattr(e, "strerror", None) or e
    sys.stdout.flush()
    if code:
        print("deja-list: %s: %s" % (options.file, problem), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
