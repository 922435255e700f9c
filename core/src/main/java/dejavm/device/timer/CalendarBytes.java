package dejavm.device.timer;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The formats in which a real-time clock shows a moment: binary or packed BCD, hours to 24 or to 12
 * with bit 7 for the afternoon. Bytes are named by their register.
 *
 * <p>In the 12-hour format midnight is 12 with bit 7 clear and noon is 12 with it set. Source:
 * Motorola MC146818A datasheet, time, calendar and alarm data modes.
 */
record CalendarBytes(boolean binary, boolean hours24) {
  private static final int SECONDS_A_DAY = 86400;
  private static final int CENTURY = 0x32;

  /** The byte of a register for a moment in seconds since 1970. */
  int encode(long time, int weekdayShift, int register) {
    long day = Math.floorDiv(time, SECONDS_A_DAY);
    int second = (int) Math.floorMod(time, (long) SECONDS_A_DAY);
    return switch (register) {
      case 0 -> number(second % 60);
      case 2 -> number(second / 60 % 60);
      case 4 -> hour(second / 3600);
      case 6 -> number(weekday(day, weekdayShift));
      case 7 -> number(LocalDate.ofEpochDay(day).getDayOfMonth());
      case 8 -> number(LocalDate.ofEpochDay(day).getMonthValue());
      case 9 -> number(Math.floorMod(LocalDate.ofEpochDay(day).getYear(), 100));
      case CENTURY -> number(Math.floorMod(LocalDate.ofEpochDay(day).getYear() / 100, 100));
      default -> 0;
    };
  }

  /** 1 is Sunday. */
  private static int weekday(long day, int shift) {
    return (int) Math.floorMod(day + 4 + shift, 7L) + 1;
  }

  /** The moment that registers show. What is out of range carries over, as in 31 February. */
  long decode(byte[] registers) {
    int year = plain(registers[CENTURY]) * 100 + plain(registers[9]);
    return LocalDateTime.of(year, 1, 1, 0, 0)
        .plusMonths(plain(registers[8]) - 1)
        .plusDays(plain(registers[7]) - 1)
        .plusHours(plainHour(registers[4]))
        .plusMinutes(plain(registers[2]))
        .plusSeconds(plain(registers[0]))
        .toEpochSecond(ZoneOffset.UTC);
  }

  /** How far the day of the week in the registers is ahead of that of a moment. */
  int weekdayShift(byte[] registers, long time) {
    int calendar = weekday(Math.floorDiv(time, SECONDS_A_DAY), 0);
    return Math.floorMod(plain(registers[6]) - calendar, 7);
  }

  /**
   * Seconds from a moment to the next one that the alarm registers match, 0 if none ever does.
   * Alarm bytes from 0xC0 match anything.
   */
  long secondsToAlarm(long time, byte[] registers) {
    int now = (int) Math.floorMod(time, (long) SECONDS_A_DAY);
    // the hours of a day and the first one again, which holds what is left of it before `now`
    for (int hours = 0; hours <= 24; hours++) {
      int hour = (now / 3600 + hours) % 24;
      if (!matches(registers[5], hour(hour))) {
        continue;
      }
      for (int minute = 0; minute < 60; minute++) {
        if (!matches(registers[3], number(minute))) {
          continue;
        }
        for (int second = 0; second < 60; second++) {
          int ahead = (now / 3600 + hours) * 3600 + minute * 60 + second - now;
          if (ahead > 0 && matches(registers[1], number(second))) {
            return ahead;
          }
        }
      }
    }
    return 0;
  }

  private static boolean matches(byte alarm, int value) {
    return (alarm & 0xC0) == 0xC0 || (alarm & 0xFF) == value;
  }

  private int number(int value) {
    return binary ? value : value / 10 << 4 | value % 10;
  }

  private int plain(byte register) {
    int value = register & 0xFF;
    return binary ? value : (value >> 4) * 10 + (value & 0xF);
  }

  private int hour(int hour) {
    if (hours24) {
      return number(hour);
    }
    return number(hour % 12 == 0 ? 12 : hour % 12) | (hour < 12 ? 0 : 0x80);
  }

  private int plainHour(byte register) {
    if (hours24) {
      return plain(register);
    }
    return plain((byte) (register & 0x7F)) % 12 + ((register & 0x80) != 0 ? 12 : 0);
  }
}
