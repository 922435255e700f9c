package dejavm.machine;

import dejavm.cpu.CostTable;
import dejavm.cpu.CpuModel;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * All that decides how a machine behaves, memory contents and inputs apart. It stands in a
 * recording's header.
 *
 * @param memory bytes of RAM: a multiple of 1 MiB, 1 MiB to 2 GiB
 * @param frequency ticks in a second of guest time: 1,000,000 to 10,000,000,000
 * @param costs ticks of what costs more than one
 * @param cpu the processor
 * @param randomSeed what the numbers of RDRAND follow from
 * @param rtcStart the real-time clock at power-on, in seconds since 1970-01-01T00:00:00
 * @param reboot whether a reset restarts the machine; else it ends it
 * @param debugExit whether there is a debug exit device at port 0xF4
 * @param aliasLength bytes of the ROM's end that are visible below 1 MiB too
 * @param boot what firmware is told of how to boot
 * @param video where the video adapter is plugged in
 */
public record MachineConfig(
    long memory,
    long frequency,
    CostTable costs,
    CpuModel cpu,
    long randomSeed,
    long rtcStart,
    boolean reboot,
    boolean debugExit,
    int aliasLength,
    Boot boot,
    Video video) {

  /** Where the video adapter is plugged in. */
  public enum Video {
    /** A function of the PCI bus, which the guest places. */
    PCI,
    /** A card on the ISA bus: BIOS at 0xC0000, frame buffer at 0xE0000000, not to be moved. */
    ISA
  }

  /**
   * How firmware boots.
   *
   * @param order what it tries, one after the other: {@code a} floppy, {@code c} disk, {@code d}
   *     CD-ROM, {@code n} network; up to three
   * @param menu whether it offers a menu
   */
  public record Boot(String order, boolean menu) {
    /** Where nobody asks for another. */
    public static final Boot DEFAULT = new Boot("cad", false);

    public Boot {
      if (!order.matches("[acdn]{1,3}")) {
        throw new IllegalArgumentException("a boot order is up to three of a, c, d and n");
      }
    }
  }

  /**
   * A machine whose firmware, if there is any, boots in the usual order, with a video adapter on
   * the PCI bus.
   */
  public MachineConfig(
      long memory,
      long frequency,
      CostTable costs,
      CpuModel cpu,
      long randomSeed,
      long rtcStart,
      boolean reboot,
      boolean debugExit,
      int aliasLength) {
    this(
        memory,
        frequency,
        costs,
        cpu,
        randomSeed,
        rtcStart,
        reboot,
        debugExit,
        aliasLength,
        Boot.DEFAULT,
        Video.PCI);
  }

  /** The seed of RDRAND where nobody asks for another. */
  public static final long RANDOM_SEED = 1;

  private static final long MEBIBYTE = 1 << 20;

  public MachineConfig {
    if (memory < MEBIBYTE || memory > 2048 * MEBIBYTE || memory % MEBIBYTE != 0) {
      throw new IllegalArgumentException("memory must be 1 MiB to 2 GiB, in whole MiB");
    }
    if (frequency < 1_000_000 || frequency > 10_000_000_000L) {
      throw new IllegalArgumentException("there are 1 million to 10 billion ticks in a second");
    }
  }

  /** Costs that suit a clock: a port access takes 0.7 µs, as on an ISA bus. */
  public static CostTable costs(long frequency) {
    return new CostTable(
        (int) Math.max(1, frequency / 2_500_000), (int) (frequency * 7 / 10_000_000));
  }

  /** As text, for a recording's header; {@link #parse} is the inverse. */
  public SequencedMap<String, String> pairs() {
    SequencedMap<String, String> pairs = new LinkedHashMap<>();
    pairs.put("memory", Long.toString(memory));
    pairs.put("frequency", Long.toString(frequency));
    pairs.put("cost.pause", Integer.toString(costs.pause()));
    pairs.put("cost.port", Integer.toString(costs.portAccess()));
    pairs.put("cpu", cpu.name());
    pairs.put("cpu.tsc", Long.toString(cpu.tscFrequency()));
    pairs.put("random.seed", Long.toString(randomSeed));
    pairs.put("rtc", Long.toString(rtcStart));
    pairs.put("reboot", Boolean.toString(reboot));
    pairs.put("debug-exit", Boolean.toString(debugExit));
    pairs.put("rom.alias", Integer.toString(aliasLength));
    pairs.put("boot.order", boot.order);
    pairs.put("boot.menu", Boolean.toString(boot.menu));
    pairs.put("video", video.name().toLowerCase(Locale.ROOT));
    return pairs;
  }

  /**
   * Reads what {@link #pairs} wrote.
   *
   * @throws IllegalArgumentException naming the pair that is missing or impossible
   */
  public static MachineConfig parse(Map<String, String> pairs) {
    CpuModel cpu = CpuModel.named(text(pairs, "cpu")).at(number(pairs, "cpu.tsc"));
    return new MachineConfig(
        number(pairs, "memory"),
        number(pairs, "frequency"),
        new CostTable((int) number(pairs, "cost.pause"), (int) number(pairs, "cost.port")),
        cpu,
        number(pairs, "random.seed"),
        number(pairs, "rtc"),
        Boolean.parseBoolean(text(pairs, "reboot")),
        Boolean.parseBoolean(text(pairs, "debug-exit")),
        (int) number(pairs, "rom.alias"),
        new Boot(
            pairs.getOrDefault("boot.order", Boot.DEFAULT.order),
            Boolean.parseBoolean(pairs.getOrDefault("boot.menu", "false"))),
        video(pairs.getOrDefault("video", "pci")));
  }

  private static Video video(String name) {
    return switch (name) {
      case "pci" -> Video.PCI;
      case "isa" -> Video.ISA;
      default -> throw new IllegalArgumentException("there is no video adapter on " + name);
    };
  }

  private static String text(Map<String, String> pairs, String name) {
    String value = pairs.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the machine's description lacks " + name);
    }
    return value;
  }

  private static long number(Map<String, String> pairs, String name) {
    try {
      return Long.parseLong(text(pairs, name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is no number: " + pairs.get(name), e);
    }
  }
}
