package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class CodecTest {
  @Test
  void everyCodecGivesBackWhatItTook() {
    Random random = new Random(1);
    for (Codec codec : Codec.values()) {
      for (int length = 0; length < 5000; length += 1 + random.nextInt(200)) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
          bytes[i] = (byte) random.nextInt(3);
        }
        Codec.Packed packed = codec.pack(bytes);
        assertThat(Codec.unpack(packed.codec().code(), packed.bytes(), length, 0)).isEqualTo(bytes);
        if (length > 200 && codec != Codec.STORED) {
          assertThat(packed.bytes().length).isLessThan(length / 2);
        }
      }
    }
  }

  @Test
  void whatDoesNotExpandIsRefused() {
    Random random = new Random(2);
    for (Codec codec : Codec.values()) {
      byte[] bytes = new byte[1000];
      byte[] packed = codec.pack(bytes).bytes();
      assertThatThrownBy(() -> Codec.unpack(codec.code(), packed, 999, 7))
          .isInstanceOf(RecordingException.class)
          .hasMessageContaining("at byte 7");
      assertThatThrownBy(() -> Codec.unpack(codec.code(), packed, 1001, 7))
          .isInstanceOf(RecordingException.class);
      byte[] cut = Arrays.copyOf(packed, packed.length - 1);
      assertThatThrownBy(() -> Codec.unpack(codec.code(), cut, 1000, 7))
          .isInstanceOf(RecordingException.class);
      byte[] garbage = new byte[100];
      random.nextBytes(garbage);
      assertThatThrownBy(() -> Codec.unpack(codec.code(), garbage, 1000, 7))
          .isInstanceOf(RecordingException.class);
    }
    assertThatThrownBy(() -> Codec.unpack(9, new byte[0], 0, 7))
        .hasMessageContaining("compression 9 is unknown");
  }

  @Test
  void numbersComeBack() {
    Random random = new Random(3);
    BytesOut out = new BytesOut();
    long[] values = new long[2000];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          i < 4
              ? new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}[i]
              : random.nextLong() >> random.nextInt(64);
      out.varint(values[i]);
      out.zigzag(values[i]);
      out.u64(values[i]);
      out.u32((int) values[i]);
    }
    BytesIn in = new BytesIn(out.toByteArray());
    for (long value : values) {
      assertThat(in.varint()).isEqualTo(value);
      assertThat(in.zigzag()).isEqualTo(value);
      assertThat(in.u64()).isEqualTo(value);
      assertThat(in.u32()).isEqualTo((int) value);
    }
    in.end();
    assertThatThrownBy(in::u8).isInstanceOf(RecordingException.class);
  }

  @Test
  void overlongNumbersAreRefused() {
    byte[] eleven = new byte[11];
    Arrays.fill(eleven, (byte) 0x80);
    assertThatThrownBy(() -> new BytesIn(eleven).varint()).isInstanceOf(RecordingException.class);
    byte[] tooLarge = new byte[10];
    Arrays.fill(tooLarge, (byte) 0xFF);
    tooLarge[9] = 2;
    assertThatThrownBy(() -> new BytesIn(tooLarge).varint()).isInstanceOf(RecordingException.class);
  }

  @Test
  void theHeaderIsCborAsOthersWriteIt() {
    BytesOut out = new BytesOut();
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("a", 1L);
    map.put("b", List.of(-1L, 24L, 256L, 65536L, 1L << 32, "ü", new byte[] {7}));
    Cbor.write(out, map);
    assertThat(out.toByteArray())
        .inHexadecimal()
        .isEqualTo(
            java.util.HexFormat.of()
                .parseHex("a26161016162872018181901001a000100001b000000010000000062c3bc4107"));
    Object back = Cbor.read(new BytesIn(out.toByteArray()));
    assertThat(back.toString()).startsWith("{a=1, b=[-1, 24, 256, 65536, 4294967296, ü, ");
  }

  @Test
  void damagedHeadersAreRefused() {
    byte[] good = HeaderCodec.encode(Samples.header(Boundary.CPU));
    assertThat(HeaderCodec.decode(new BytesIn(good))).isEqualTo(Samples.header(Boundary.CPU));
    for (int seed = 0; seed < 5000; seed++) {
      Random random = new Random(seed);
      byte[] bytes =
          random.nextBoolean() ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
      if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        HeaderCodec.decode(new BytesIn(bytes));
      } catch (RecordingException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void textsThatCannotComeBackAreRefused() {
    assertThatThrownBy(() -> new BytesOut().string("\uD834"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
