// Disassembles lines "mode hex" on standard input with iced-x86, as the oracle for our decoder:
//   mode hex length flagsRead flagsWritten flagsUndefined text
// or "mode hex 0 0 0 0 (bad)" for what is undefined in the instruction set that we implement.
// How to run it is written in README.md beside it.
import { createRequire } from "node:module";
import readline from "node:readline";

const iced = createRequire(process.cwd() + "/")("iced-x86");
const O = iced.DecoderOptions;
const PLAIN = O.NoMPFX_0FBC | O.NoMPFX_0FBD | O.NoWbnoinvd;
const ADDRESS = 0x1000n;

// What we implement; the encodings of anything else are undefined, or hint no-operations.
const IMPLEMENTED = new Set(
  ("INTEL8086 INTEL8086_ONLY INTEL186 INTEL286 INTEL386 INTEL486 X64 AES CLFSH CMOV CMPXCHG16B CPUID "
    + "CX8 FPU FPU287 FPU387 FXSR MMX MONITOR MOVBE MSR MULTIBYTENOP PAUSE PCLMULQDQ POPCNT D3NOW "
    + "PREFETCHW PREFETCHWT1 RDPMC RDRAND RDSEED RDTSCP SEP SMAP SMM SSE SSE2 SSE3 SSSE3 SSE4_1 "
    + "SSE4_2 SYSCALL TSC XSAVE").split(" "),
);

const formatter = new iced.Formatter(iced.FormatterSyntax.Intel);
formatter.hexPrefix = "0x";
formatter.hexSuffix = "";
formatter.uppercaseHex = false;
formatter.memorySizeOptions = iced.MemorySizeOptions.Always;
formatter.spaceAfterOperandSeparator = true;
formatter.branchLeadingZeros = false;
formatter.showBranchSize = false;
formatter.usePseudoOps = false;

// Hints by prefixes, which do nothing here and which our text leaves out.
const HINTS = /\b(xacquire|xrelease|hint-taken|hint-not-taken|notrack|bnd) /g;

// Encodings of 0F 0D that vendors name differently, and all take for a hint.
const PREFETCH = /prefetch(wt1|_\w+)/;

const masks = Object.entries({
  CF: 1, PF: 4, AF: 0x10, ZF: 0x40, SF: 0x80, IF: 0x200, DF: 0x400, OF: 0x800, AC: 0x40000,
}).map(([name, mask]) => [iced.RflagsBits[name], mask]);

function flags(bits) {
  return masks.reduce((sum, [bit, mask]) => (bits & bit ? sum | mask : sum), 0).toString(16);
}

function decode(mode, bytes, options) {
  const decoder = new iced.Decoder(mode, bytes, options);
  decoder.ip = ADDRESS;
  return decoder.decode();
}

function foreign(insn) {
  if (insn.isInvalid || insn.encoding !== iced.EncodingKind.Legacy || insn.code === iced.Code.Femms) {
    return true;
  }
  return !insn.cpuidFeatures().every((f) => IMPLEMENTED.has(iced.CpuidFeature[f]));
}

function line(mode, hex) {
  const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
  let insn = decode(mode, bytes, PLAIN);
  if (foreign(insn)) {
    insn = decode(mode, bytes, PLAIN | O.ForceReservedNop);
  }
  if (foreign(insn)) {
    return `${mode} ${hex.slice(0, 30)} 0 0 0 0 (bad)`;
  }
  const text = formatter.format(insn).replace(HINTS, "").replace(PREFETCH, "prefetch");
  const written = insn.rflagsWritten | insn.rflagsCleared | insn.rflagsSet;
  return [
    mode, hex.slice(0, 2 * insn.length), insn.length, flags(insn.rflagsRead), flags(written),
    flags(insn.rflagsUndefined), text,
  ].join(" ");
}

for await (const input of readline.createInterface({ input: process.stdin })) {
  const [mode, hex] = input.split(" ");
  if (hex) {
    process.stdout.write(line(Number(mode), hex) + "\n");
  }
}
