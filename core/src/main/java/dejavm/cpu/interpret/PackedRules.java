package dejavm.cpu.interpret;

import static dejavm.cpu.PackedArithmetic.BYTES;
import static dejavm.cpu.PackedArithmetic.DWORDS;
import static dejavm.cpu.PackedArithmetic.WORDS;

import dejavm.cpu.PackedArithmetic;
import dejavm.cpu.PackedMultiply;
import dejavm.cpu.PackedShuffles;
import dejavm.cpu.decode.Mnemonic;
import java.util.function.LongBinaryOperator;

/**
 * The packed instructions that are no more than a function of two operands: which function, and how
 * the halves of XMM registers reach it.
 */
final class PackedRules {
  /** Which halves of an XMM register meet. */
  enum Shape {
    /** The low halves of both operands give the low half, the high ones the high one. */
    LANES,
    /** Both halves of the first operand give the low half, those of the second the high one. */
    PAIRS,
    /** The low halves give both, by a function each. */
    LOW,
    /** The high halves give both, by a function each. */
    HIGH,
    /** Each half with the same count: an immediate, or the low half of the second operand. */
    SHIFT
  }

  /**
   * A function and its use.
   *
   * @param operator gives the low half of an XMM register
   * @param mmxOperator gives an MMX register
   * @param upper gives the high half of an XMM register
   */
  record Rule(
      Shape shape,
      LongBinaryOperator operator,
      LongBinaryOperator mmxOperator,
      LongBinaryOperator upper) {}

  private final Rule[] rules = new Rule[Mnemonic.values().length];

  PackedRules() {
    additions();
    comparisons();
    logic();
    products();
    signs();
    pairs();
    interleaving();
    shifts();
  }

  /** The rule for an instruction; null where it is more than that. */
  Rule of(Mnemonic mnemonic) {
    return rules[mnemonic.ordinal()];
  }

  private void additions() {
    lanes(Mnemonic.PADDB, (a, b) -> PackedArithmetic.add(a, b, BYTES));
    lanes(Mnemonic.PADDW, (a, b) -> PackedArithmetic.add(a, b, WORDS));
    lanes(Mnemonic.PADDD, (a, b) -> PackedArithmetic.add(a, b, DWORDS));
    lanes(Mnemonic.PADDQ, (a, b) -> a + b);
    lanes(Mnemonic.PADDSB, (a, b) -> PackedArithmetic.addSigned(a, b, BYTES));
    lanes(Mnemonic.PADDSW, (a, b) -> PackedArithmetic.addSigned(a, b, WORDS));
    lanes(Mnemonic.PADDUSB, (a, b) -> PackedArithmetic.addUnsigned(a, b, BYTES));
    lanes(Mnemonic.PADDUSW, (a, b) -> PackedArithmetic.addUnsigned(a, b, WORDS));
    lanes(Mnemonic.PSUBB, (a, b) -> PackedArithmetic.subtract(a, b, BYTES));
    lanes(Mnemonic.PSUBW, (a, b) -> PackedArithmetic.subtract(a, b, WORDS));
    lanes(Mnemonic.PSUBD, (a, b) -> PackedArithmetic.subtract(a, b, DWORDS));
    lanes(Mnemonic.PSUBQ, (a, b) -> a - b);
    lanes(Mnemonic.PSUBSB, (a, b) -> PackedArithmetic.subtractSigned(a, b, BYTES));
    lanes(Mnemonic.PSUBSW, (a, b) -> PackedArithmetic.subtractSigned(a, b, WORDS));
    lanes(Mnemonic.PSUBUSB, (a, b) -> PackedArithmetic.subtractUnsigned(a, b, BYTES));
    lanes(Mnemonic.PSUBUSW, (a, b) -> PackedArithmetic.subtractUnsigned(a, b, WORDS));
    lanes(Mnemonic.PAVGB, (a, b) -> PackedArithmetic.average(a, b, BYTES));
    lanes(Mnemonic.PAVGW, (a, b) -> PackedArithmetic.average(a, b, WORDS));
    lanes(Mnemonic.PSADBW, PackedMultiply::sumOfDifferences);
  }

  private void comparisons() {
    lanes(Mnemonic.PCMPEQB, (a, b) -> PackedArithmetic.equal(a, b, BYTES));
    lanes(Mnemonic.PCMPEQW, (a, b) -> PackedArithmetic.equal(a, b, WORDS));
    lanes(Mnemonic.PCMPEQD, (a, b) -> PackedArithmetic.equal(a, b, DWORDS));
    lanes(Mnemonic.PCMPEQQ, PackedArithmetic::equalQuad);
    lanes(Mnemonic.PCMPGTB, (a, b) -> PackedArithmetic.greater(a, b, BYTES));
    lanes(Mnemonic.PCMPGTW, (a, b) -> PackedArithmetic.greater(a, b, WORDS));
    lanes(Mnemonic.PCMPGTD, (a, b) -> PackedArithmetic.greater(a, b, DWORDS));
    lanes(Mnemonic.PCMPGTQ, PackedArithmetic::greaterQuad);
    lanes(Mnemonic.PMINSB, (a, b) -> PackedArithmetic.minimumSigned(a, b, BYTES));
    lanes(Mnemonic.PMINSW, (a, b) -> PackedArithmetic.minimumSigned(a, b, WORDS));
    lanes(Mnemonic.PMINSD, (a, b) -> PackedArithmetic.minimumSigned(a, b, DWORDS));
    lanes(Mnemonic.PMINUB, (a, b) -> PackedArithmetic.minimumUnsigned(a, b, BYTES));
    lanes(Mnemonic.PMINUW, (a, b) -> PackedArithmetic.minimumUnsigned(a, b, WORDS));
    lanes(Mnemonic.PMINUD, (a, b) -> PackedArithmetic.minimumUnsigned(a, b, DWORDS));
    lanes(Mnemonic.PMAXSB, (a, b) -> PackedArithmetic.maximumSigned(a, b, BYTES));
    lanes(Mnemonic.PMAXSW, (a, b) -> PackedArithmetic.maximumSigned(a, b, WORDS));
    lanes(Mnemonic.PMAXSD, (a, b) -> PackedArithmetic.maximumSigned(a, b, DWORDS));
    lanes(Mnemonic.PMAXUB, (a, b) -> PackedArithmetic.maximumUnsigned(a, b, BYTES));
    lanes(Mnemonic.PMAXUW, (a, b) -> PackedArithmetic.maximumUnsigned(a, b, WORDS));
    lanes(Mnemonic.PMAXUD, (a, b) -> PackedArithmetic.maximumUnsigned(a, b, DWORDS));
  }

  private void logic() {
    lanes(Mnemonic.PAND, (a, b) -> a & b);
    lanes(Mnemonic.PANDN, (a, b) -> ~a & b);
    lanes(Mnemonic.POR, (a, b) -> a | b);
    lanes(Mnemonic.PXOR, (a, b) -> a ^ b);
  }

  private void products() {
    lanes(Mnemonic.PMULLW, PackedMultiply::lowWords);
    lanes(Mnemonic.PMULHW, PackedMultiply::highWords);
    lanes(Mnemonic.PMULHUW, PackedMultiply::highUnsignedWords);
    lanes(Mnemonic.PMULHRSW, PackedMultiply::roundedWords);
    lanes(Mnemonic.PMULLD, PackedMultiply::lowDwords);
    lanes(Mnemonic.PMULUDQ, PackedMultiply::unsignedDwords);
    lanes(Mnemonic.PMULDQ, PackedMultiply::signedDwords);
    lanes(Mnemonic.PMADDWD, PackedMultiply::addProducts);
    lanes(Mnemonic.PMADDUBSW, PackedMultiply::addByteProducts);
  }

  private void signs() {
    lanes(Mnemonic.PSIGNB, (a, b) -> PackedArithmetic.sign(a, b, BYTES));
    lanes(Mnemonic.PSIGNW, (a, b) -> PackedArithmetic.sign(a, b, WORDS));
    lanes(Mnemonic.PSIGND, (a, b) -> PackedArithmetic.sign(a, b, DWORDS));
    lanes(Mnemonic.PABSB, (a, b) -> PackedArithmetic.absolute(b, BYTES));
    lanes(Mnemonic.PABSW, (a, b) -> PackedArithmetic.absolute(b, WORDS));
    lanes(Mnemonic.PABSD, (a, b) -> PackedArithmetic.absolute(b, DWORDS));
  }

  private void pairs() {
    pairs(Mnemonic.PACKSSWB, PackedShuffles::signedBytes);
    pairs(Mnemonic.PACKUSWB, PackedShuffles::unsignedBytes);
    pairs(Mnemonic.PACKSSDW, PackedShuffles::signedWords);
    pairs(Mnemonic.PACKUSDW, PackedShuffles::unsignedWords);
    pairs(Mnemonic.PHADDW, PackedMultiply::addWordPairs);
    pairs(Mnemonic.PHADDD, PackedMultiply::addDwordPairs);
    pairs(Mnemonic.PHADDSW, PackedMultiply::addWordPairsSigned);
    pairs(Mnemonic.PHSUBW, PackedMultiply::subtractWordPairs);
    pairs(Mnemonic.PHSUBD, PackedMultiply::subtractDwordPairs);
    pairs(Mnemonic.PHSUBSW, PackedMultiply::subtractWordPairsSigned);
  }

  private void interleaving() {
    low(Mnemonic.PUNPCKLBW, PackedShuffles::lowBytes, PackedShuffles::highBytes);
    low(Mnemonic.PUNPCKLWD, PackedShuffles::lowWords, PackedShuffles::highWords);
    low(Mnemonic.PUNPCKLDQ, PackedShuffles::lowDwords, PackedShuffles::highDwords);
    low(Mnemonic.PUNPCKLQDQ, (a, b) -> a, (a, b) -> b);
    high(Mnemonic.PUNPCKHBW, PackedShuffles::lowBytes, PackedShuffles::highBytes);
    high(Mnemonic.PUNPCKHWD, PackedShuffles::lowWords, PackedShuffles::highWords);
    high(Mnemonic.PUNPCKHDQ, PackedShuffles::lowDwords, PackedShuffles::highDwords);
    high(Mnemonic.PUNPCKHQDQ, (a, b) -> a, (a, b) -> b);
  }

  private void shifts() {
    shift(Mnemonic.PSLLW, (a, count) -> PackedShuffles.left(a, count, 16));
    shift(Mnemonic.PSLLD, (a, count) -> PackedShuffles.left(a, count, 32));
    shift(Mnemonic.PSLLQ, (a, count) -> PackedShuffles.left(a, count, 64));
    shift(Mnemonic.PSRLW, (a, count) -> PackedShuffles.right(a, count, 16));
    shift(Mnemonic.PSRLD, (a, count) -> PackedShuffles.right(a, count, 32));
    shift(Mnemonic.PSRLQ, (a, count) -> PackedShuffles.right(a, count, 64));
    shift(Mnemonic.PSRAW, (a, count) -> PackedShuffles.rightSigned(a, count, 16));
    shift(Mnemonic.PSRAD, (a, count) -> PackedShuffles.rightSigned(a, count, 32));
  }

  private void lanes(Mnemonic mnemonic, LongBinaryOperator operator) {
    put(mnemonic, new Rule(Shape.LANES, operator, operator, operator));
  }

  private void pairs(Mnemonic mnemonic, LongBinaryOperator operator) {
    put(mnemonic, new Rule(Shape.PAIRS, operator, operator, operator));
  }

  private void low(Mnemonic mnemonic, LongBinaryOperator operator, LongBinaryOperator upper) {
    put(mnemonic, new Rule(Shape.LOW, operator, operator, upper));
  }

  private void high(Mnemonic mnemonic, LongBinaryOperator operator, LongBinaryOperator upper) {
    put(mnemonic, new Rule(Shape.HIGH, operator, upper, upper));
  }

  private void shift(Mnemonic mnemonic, LongBinaryOperator operator) {
    put(mnemonic, new Rule(Shape.SHIFT, operator, operator, operator));
  }

  private void put(Mnemonic mnemonic, Rule rule) {
    rules[mnemonic.ordinal()] = rule;
  }
}
