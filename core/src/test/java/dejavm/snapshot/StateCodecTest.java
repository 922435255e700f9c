package dejavm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.record.RecordingException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StateCodecTest {
  enum Phase {
    IDLE,
    BUSY,
    DONE
  }

  record Counter(int reload, boolean gate, short latch) {}

  record Other(int reload, boolean gate, short latch) {}

  record Wide(int reload, boolean gate, int latch) {}

  record Tree(int value, List<Tree> below) {}

  record Everything(
      boolean flag,
      byte small,
      short medium,
      char letter,
      int number,
      long large,
      Phase phase,
      String text,
      Counter counter,
      boolean[] flags,
      byte[] bytes,
      short[] shorts,
      int[] ints,
      long[] longs,
      Phase[] phases,
      String[] texts,
      Counter[] counters,
      int[][] table,
      List<Counter> list,
      List<String> names) {}

  record Holder(Object any) {}

  record Small(int positive) {
    Small {
      if (positive < 0) {
        throw new IllegalArgumentException("negative");
      }
    }
  }

  record Plain(int positive) {}

  private final StateCodec codec = new StateCodec();

  static Everything random(Random random) {
    int length = random.nextInt(5);
    boolean[] flags = new boolean[length];
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    short[] shorts = new short[length];
    Phase[] phases = new Phase[length];
    String[] texts = new String[length];
    Counter[] counters = new Counter[length];
    int[][] table = new int[length][];
    for (int i = 0; i < length; i++) {
      flags[i] = random.nextBoolean();
      shorts[i] = (short) random.nextInt();
      phases[i] = Phase.values()[random.nextInt(3)];
      texts[i] = "text " + random.nextInt() + " äöü𝄞";
      counters[i] = counter(random);
      table[i] = random.ints(random.nextInt(4)).toArray();
    }
    return new Everything(
        random.nextBoolean(),
        (byte) random.nextInt(),
        (short) random.nextInt(),
        (char) random.nextInt(),
        random.nextInt(),
        random.nextLong() >> random.nextInt(64),
        Phase.values()[random.nextInt(3)],
        "é" + random.nextInt(),
        counter(random),
        flags,
        bytes,
        shorts,
        random.ints(random.nextInt(20)).toArray(),
        random.longs(random.nextInt(20)).toArray(),
        phases,
        texts,
        counters,
        table,
        List.of(counters),
        List.of(texts));
  }

  private static Counter counter(Random random) {
    return new Counter(random.nextInt(), random.nextBoolean(), (short) random.nextInt());
  }

  @Test
  void everyStateComesBack() {
    for (int seed = 0; seed < 500; seed++) {
      Everything state = random(new Random(seed));
      byte[] bytes = codec.encode(state);
      Everything back = codec.decode(Everything.class, bytes);
      assertThat(StateDiff.between("x", state, back, 10)).isEmpty();
      assertThat(new StateCodec().encode(back)).isEqualTo(bytes);
      assertThat(codec.digest(state)).isEqualTo(Digest.of(bytes));
    }
  }

  @Test
  void extremesComeBack() {
    for (long value : new long[] {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE}) {
      Tree tree = new Tree((int) value, List.of(new Tree((int) (value >> 32), List.of())));
      assertThat(codec.decode(Tree.class, codec.encode(tree))).isEqualTo(tree);
    }
  }

  @Test
  void smallNumbersTakeLittleRoom() {
    assertThat(codec.encode(new Counter(1, true, (short) -1))).hasSize(4 + 3);
  }

  @Test
  void aStateOfAnotherLayoutIsRefused() {
    byte[] bytes = codec.encode(new Counter(1, true, (short) 2));
    assertThatThrownBy(() -> codec.decode(Other.class, bytes))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("Other");
    assertThatThrownBy(() -> codec.decode(Wide.class, bytes))
        .isInstanceOf(RecordingException.class);
  }

  @Test
  void damagedBytesAreRefusedOrGiveAnotherState() {
    Random random = new Random(5);
    for (int seed = 0; seed < 300; seed++) {
      byte[] bytes = codec.encode(random(new Random(seed)));
      byte[] damaged =
          random.nextBoolean() ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
      if (damaged.length == bytes.length) {
        damaged[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
      }
      assertThatCode(
              () -> {
                try {
                  codec.decode(Everything.class, damaged);
                } catch (RecordingException e) {
                  assertThat(e.getMessage()).isNotBlank();
                }
              })
          .doesNotThrowAnyException();
    }
  }

  @Test
  void whatIsNoStateIsNamed() {
    assertThatThrownBy(() -> codec.encode(new Holder("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Holder.any");
    assertThatThrownBy(() -> new StateCodec().encode(new Tree(1, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Tree.below");
  }

  @Test
  void aRecordThatRefusesItsValuesIsAnError() {
    byte[] good = codec.encode(new Small(5));
    byte[] bad = Arrays.copyOf(good, good.length);
    bad[4] = 9;
    assertThat(codec.decode(Small.class, good)).isEqualTo(new Small(5));
    assertThatThrownBy(() -> codec.decode(Small.class, bad))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("negative");
    assertThat(codec.encode(new Plain(5))).isNotEqualTo(good);
  }
}
