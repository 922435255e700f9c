package dejavm.device.system;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.DmaChannel.Moved;
import dejavm.device.FakeRam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DmaTest {
  private static final int TO_MEMORY = 0x44;
  private static final int FROM_MEMORY = 0x48;
  private static final int VERIFY = 0x40;
  private static final int DECREMENT = 0x20;
  private static final int AGAIN = 0x10;

  private final List<String> log = new ArrayList<>();
  private final FakeRam ram = new FakeRam(1 << 20, log);
  private final DmaPages pages = new DmaPages();
  private final Dma8237 bytes = new Dma8237(ram, pages, 0);
  private final Dma8237 words = new Dma8237(ram, pages, 4);
  private final byte[] data = {1, 2, 3, 4, 5, 6, 7, 8};

  /** Sets channel 2 of the controller for bytes up, and opens it. */
  private void set(int mode, int page, int address, int transfers) {
    bytes.writeByte(0x0C, 0);
    bytes.writeByte(0x04, address & 0xFF);
    bytes.writeByte(0x04, address >> 8);
    bytes.writeByte(0x05, transfers - 1 & 0xFF);
    bytes.writeByte(0x05, transfers - 1 >> 8);
    bytes.writeByte(0x0B, mode | 2);
    bytes.writeByte(0x0A, 2);
    pages.writeByte(0, page);
  }

  private int status() {
    return bytes.readByte(8);
  }

  private byte[] ram(int at, int length) {
    return Arrays.copyOfRange(ram.bytes, at, at + length);
  }

  @Test
  void addressesGoThroughTheFlipFlop() {
    bytes.writeByte(0x04, 0x34);
    bytes.writeByte(0x04, 0x12);
    bytes.writeByte(0x05, 0xFF);
    bytes.writeByte(0x0C, 0);
    bytes.writeByte(0x05, 0x01);
    bytes.writeByte(0x05, 0x02);
    assertThat(bytes.readByte(0x04)).isEqualTo(0x34);
    assertThat(bytes.readByte(0x04)).isEqualTo(0x12);
    assertThat(bytes.readByte(0x05)).isEqualTo(0x01);
    assertThat(bytes.readByte(0x05)).isEqualTo(0x02);
  }

  @Test
  void masksRequestsAndMasterClear() {
    assertThat(words.readByte(0x1E)).isEqualTo(0xFF);
    words.writeByte(0x14, 0x02);
    assertThat(words.readByte(0x1E)).isEqualTo(0xFB);
    words.writeByte(0x12, 0x05);
    assertThat(words.readByte(0x10)).isEqualTo(0x20);
    words.writeByte(0x1C, 0);
    assertThat(words.readByte(0x1E)).isEqualTo(0xF0);
    words.writeByte(0x1E, 0x03);
    assertThat(words.readByte(0x1E)).isEqualTo(0xF3);
    words.writeByte(0x1A, 0);
    assertThat(words.readByte(0x1E)).isEqualTo(0xFF);
    assertThat(words.readByte(0x10)).isZero();
    assertThat(words.readByte(0x1A)).isZero();
  }

  @Test
  void storesUpToTheEndOfItsCountAndMasksItself() {
    set(TO_MEMORY, 0x03, 0x1000, 6);
    assertThat(bytes.channel(2).store(data, 0, 4)).isEqualTo(new Moved(4, false));
    assertThat(status()).isZero();
    assertThat(bytes.channel(2).store(data, 4, 4)).isEqualTo(new Moved(2, true));
    assertThat(ram(0x31000, 8)).containsExactly(1, 2, 3, 4, 5, 6, 0, 0);
    assertThat(bytes.readByte(0x0F)).isEqualTo(0xFF);
    assertThat(status()).isEqualTo(4);
    assertThat(status()).as("reading clears it").isZero();
    assertThat(bytes.channel(2).store(data, 0, 8)).isEqualTo(Moved.NOTHING);
  }

  @Test
  void loadsAndStartsAnew() {
    System.arraycopy(data, 0, ram.bytes, 0x5FFFE, 2);
    System.arraycopy(data, 2, ram.bytes, 0x50000, 2);
    set(FROM_MEMORY | AGAIN, 0x05, 0xFFFE, 4);
    byte[] into = new byte[8];
    assertThat(bytes.channel(2).load(into, 1, 7)).isEqualTo(new Moved(4, true));
    assertThat(into).as("an address stays in its 64 KiB").containsExactly(0, 1, 2, 3, 4, 0, 0, 0);
    assertThat(bytes.channel(2).load(into, 0, 4)).isEqualTo(new Moved(4, true));
  }

  @Test
  void theOtherDirectionAndAMaskedOrDisabledChannelMoveNothing() {
    set(FROM_MEMORY, 0, 0x1000, 4);
    assertThat(bytes.channel(2).store(data, 0, 4)).isEqualTo(Moved.NOTHING);
    bytes.writeByte(0x08, 0x04);
    assertThat(bytes.channel(2).load(data, 0, 4)).isEqualTo(Moved.NOTHING);
    bytes.writeByte(0x08, 0);
    bytes.writeByte(0x0A, 6);
    assertThat(bytes.channel(2).load(data, 0, 4)).isEqualTo(Moved.NOTHING);
    assertThat(log).isEmpty();
  }

  @Test
  void verifyingCountsAndTouchesNothing() {
    set(VERIFY, 0, 0x1000, 8);
    assertThat(bytes.channel(2).store(data, 0, 8)).isEqualTo(new Moved(8, true));
    assertThat(log).isEmpty();
  }

  @Test
  void addressesMayCountDown() {
    set(TO_MEMORY | DECREMENT, 0, 0x2003, 8);
    assertThat(bytes.channel(2).store(data, 0, 4)).isEqualTo(new Moved(4, false));
    assertThat(ram(0x2000, 5)).containsExactly(4, 3, 2, 1, 0);
  }

  @Test
  void theSecondControllerMovesWords() {
    words.writeByte(0x18, 0);
    words.writeByte(0x04, 0x00);
    words.writeByte(0x04, 0x80); // word 0x8000 of 128 KiB
    words.writeByte(0x06, 2);
    words.writeByte(0x06, 0);
    words.writeByte(0x16, TO_MEMORY | 1);
    words.writeByte(0x14, 1);
    pages.writeByte(10, 0x05); // the lowest bit does not count
    assertThat(words.channel(1).store(data, 0, 7)).isEqualTo(new Moved(6, true));
    assertThat(ram(0x50000, 8)).containsExactly(1, 2, 3, 4, 5, 6, 0, 0);
  }
}
