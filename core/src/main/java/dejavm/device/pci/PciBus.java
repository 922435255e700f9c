package dejavm.device.pci;

import dejavm.bus.Derived;
import dejavm.bus.Mapped;
import dejavm.bus.Stateful;
import java.util.ArrayList;
import java.util.List;

/**
 * PCI bus 0 and the way to its configuration space: an address at port 0xCF8, data at 0xCFC
 * (mechanism #1).
 *
 * <p>Only a write of 32 bits at 0xCF8 reaches the address register; other widths pass by it, which
 * leaves room for the reset control register in its second byte, 0xCF9. Where there is no function,
 * reads give all ones.
 *
 * <p>Source: PCI local bus specification 2.1, section 3.7.4.1; 82441FX datasheet, order no. 290549.
 */
public final class PciBus implements Mapped, Stateful<PciBus.State> {
  /** The configuration address register. */
  public record State(int address) {}

  private static final int DATA = 4;

  private final Decoder decoder;
  private final Mapped resetControl;

  @Derived("wired once")
  private final PciFunction[] functions = new PciFunction[256];

  @Derived("follows from the functions' registers")
  private List<Placement> placed = List.of();

  private int address;

  /**
   * An empty bus, 8 ports at 0xCF8.
   *
   * @param resetControl the register at 0xCF9, offset 0
   */
  public PciBus(Decoder decoder, Mapped resetControl) {
    this.decoder = decoder;
    this.resetControl = resetControl;
  }

  /** Plugs a function in. */
  public void add(int slot, int function, PciFunction chip) {
    functions[slot << 3 | function] = chip;
  }

  /** The address register as after power-on; functions are reset by their owner. */
  public void reset() {
    address = 0;
    decode();
  }

  /**
   * Has every region mapped where the registers say; needed after a restore or a reset of
   * functions, which move them unseen.
   */
  public void decode() {
    List<Placement> regions = new ArrayList<>();
    for (PciFunction function : functions) {
      if (function != null) {
        function.config().placements(regions);
      }
    }
    if (!regions.equals(placed)) {
      placed = regions;
      decoder.placed(regions);
    }
  }

  @Override
  public long read(int offset, int size) {
    if (offset == 0 && size == 4) {
      return address & 0xFFFFFFFFL;
    }
    if (offset >= DATA && offset + size <= DATA + 4) {
      PciFunction function = selected();
      return function == null
          ? 0xFFFFFFFFL >>> 32 - 8 * size
          : function.config().read(register(offset), size);
    }
    if (size == 1) {
      return offset == 1 ? resetControl.read(0, 1) : 0xFF;
    }
    int half = size / 2;
    return read(offset, half) | read(offset + half, half) << 8 * half;
  }

  @Override
  public void write(int offset, int size, long value) {
    if (offset == 0 && size == 4) {
      address = (int) value & 0x80FFFFFC;
    } else if (offset >= DATA && offset + size <= DATA + 4) {
      PciFunction function = selected();
      if (function != null) {
        function.configure(register(offset), size, value);
        decode();
      }
    } else if (size > 1) {
      int half = size / 2;
      write(offset, half, value & -1L >>> 64 - 8 * half);
      write(offset + half, half, value >>> 8 * half);
    } else if (offset == 1) {
      resetControl.write(0, 1, value & 0xFF);
    }
  }

  private PciFunction selected() {
    boolean here = address < 0 && (address & 0xFF0000) == 0;
    return here ? functions[address >> 8 & 0xFF] : null;
  }

  private int register(int offset) {
    return address & 0xFC | offset & 3;
  }

  @Override
  public State state() {
    return new State(address);
  }

  @Override
  public void restore(State state) {
    address = state.address;
  }
}
