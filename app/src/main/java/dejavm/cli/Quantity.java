package dejavm.cli;

import dejavm.cpu.CpuModel;
import dejavm.machine.MachineConfig;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The values of options that are more than a number. */
final class Quantity {
  private static final Pattern SCALED = Pattern.compile("([0-9]{1,15})([kKmMgG]?)");
  private static final Pattern TIME = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(s|ms|us|ticks)?");

  private Quantity() {}

  /** Bytes of RAM, as QEMU takes them: 256M, 1G; without a suffix, MiB. */
  static final class Memory implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      Matcher matcher = SCALED.matcher(text);
      if (!matcher.matches() || matcher.group(1).length() > 10) {
        throw new TypeConversionException("'" + text + "' is not a size such as 256M or 1G");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
        case "k" -> number << 10;
        case "g" -> number << 30;
        default -> number << 20;
      };
    }
  }

  /** A number of events a second: 100M. */
  static final class Rate implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      Matcher matcher = SCALED.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is not a number such as 100M");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
        case "k" -> Math.multiplyExact(number, 1_000L);
        case "m" -> saturated(number, 1_000_000L);
        case "g" -> saturated(number, 1_000_000_000L);
        default -> number;
      };
    }

    private static long saturated(long number, long factor) {
      return number > Long.MAX_VALUE / factor ? Long.MAX_VALUE : number * factor;
    }
  }

  /** A CPU model by its name. */
  static final class Processor implements ITypeConverter<CpuModel> {
    @Override
    public CpuModel convert(String text) {
      return CpuModel.ALL.stream()
          .filter(model -> model.name().equals(text))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException(unknown(text)));
    }

    private static String unknown(String text) {
      return "'%s' is no CPU model; there are: %s"
          .formatted(text, String.join(", ", new Processors()));
    }
  }

  /** The names of the CPU models, the oldest first. */
  static final class Processors implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return CpuModel.ALL.stream().map(CpuModel::name).iterator();
    }
  }

  /** How firmware boots, as QEMU takes it: {@code dc}, or {@code order=dc,menu=on}. */
  static final class BootConverter implements ITypeConverter<MachineConfig.Boot> {
    @Override
    public MachineConfig.Boot convert(String text) {
      String order = MachineConfig.Boot.DEFAULT.order();
      boolean menu = false;
      for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
        switch (part) {
          case "menu=on" -> menu = true;
          case "menu=off" -> menu = false;
          default -> order = part.startsWith("order=") ? part.substring(6) : part;
        }
      }
      try {
        return new MachineConfig.Boot(order, menu);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "': " + e.getMessage());
      }
    }
  }

  /** Where the video adapter is plugged in. */
  static final class VideoConverter implements ITypeConverter<MachineConfig.Video> {
    @Override
    public MachineConfig.Video convert(String text) {
      return switch (text) {
        case "pci" -> MachineConfig.Video.PCI;
        case "isa" -> MachineConfig.Video.ISA;
        default -> throw new TypeConversionException("'" + text + "' is neither pci nor isa");
      };
    }
  }

  /** A moment of guest time: seconds from power-on, or ticks. */
  record Moment(BigDecimal amount, boolean inTicks) {
    long ticks(long frequency) {
      BigDecimal ticks = inTicks ? amount : amount.multiply(BigDecimal.valueOf(frequency));
      return ticks.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }
  }

  static final class MomentConverter implements ITypeConverter<Moment> {
    @Override
    public Moment convert(String text) {
      Matcher matcher = TIME.matcher(text);
      String unit = matcher.matches() && matcher.group(2) != null ? matcher.group(2) : "s";
      if (!matcher.matches() || unit.equals("ticks") && text.contains(".")) {
        throw new TypeConversionException(
            "'" + text + "' is not a time such as 2.5, 300ms or 1000000ticks");
      }
      BigDecimal number = new BigDecimal(matcher.group(1));
      return switch (unit) {
        case "ms" -> new Moment(number.movePointLeft(3), false);
        case "us" -> new Moment(number.movePointLeft(6), false);
        case "ticks" -> new Moment(number, true);
        default -> new Moment(number, false);
      };
    }
  }

  /** The real-time clock at power-on, in seconds since 1970; {@code now} is -1. */
  static final class ClockStart implements ITypeConverter<Long> {
    private static final int FIRST_YEAR = 1980;
    private static final int LAST_YEAR = 2099;

    @Override
    public Long convert(String text) {
      if (text.equals("now")) {
        return -1L;
      }
      try {
        LocalDateTime start = LocalDateTime.parse(text);
        if (start.getYear() >= FIRST_YEAR && start.getYear() <= LAST_YEAR) {
          return start.toEpochSecond(ZoneOffset.UTC);
        }
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "'" + text + "' is neither now nor a time such as 2026-01-01T00:00:00");
      }
      throw new TypeConversionException("the clock starts in the years 1980 to 2099");
    }
  }
}
