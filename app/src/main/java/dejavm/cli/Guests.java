package dejavm.cli;

import dejavm.guest.Guest;
import dejavm.guest.GuestCatalog;
import dejavm.guest.GuestUnavailable;
import dejavm.guest.SeaBios;
import dejavm.machine.MachineConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The guests that have a name, as commands see them. */
final class Guests {
  private final Map<String, String> environment;
  private final Report report;

  Guests(Map<String, String> environment, Report report) {
    this.environment = environment;
    this.report = report;
  }

  private GuestCatalog catalog() {
    return new GuestCatalog(cache(), report::progress);
  }

  private Path cache() {
    try {
      return GuestCatalog.defaultCache(environment);
    } catch (InvalidPathException e) {
      throw Refusal.usage("XDG_CACHE_HOME is no path: " + e.getInput());
    }
  }

  List<GuestCatalog.Entry> entries() {
    return catalog().entries();
  }

  /** A guest, fetched first where it is missing. */
  Guest guest(String name) {
    return known(name, () -> catalog().guest(name));
  }

  /**
   * What a guest's initial RAM disk needs for drives, or null; fetched first where it is missing.
   */
  Path drivers(String name) {
    return known(name, () -> catalog().drivers(name));
  }

  /** A guest, fetched again. */
  Guest fetch(String name) {
    return known(name, () -> catalog().fetch(name));
  }

  /** SeaBIOS, fetched first where it is missing. */
  Path bios() {
    return firmware(seaBios()::bios);
  }

  /** SeaBIOS's part for the video adapter, fetched first where it is missing. */
  Path videoBios(MachineConfig.Video adapter) {
    return firmware(() -> seaBios().videoBios(adapter == MachineConfig.Video.ISA));
  }

  private SeaBios seaBios() {
    return new SeaBios(cache(), report::progress);
  }

  private interface Firmware {
    Path path() throws GuestUnavailable;
  }

  private Path firmware(Firmware source) {
    try {
      return source.path();
    } catch (GuestUnavailable e) {
      throw Refusal.failed(e.getMessage());
    } finally {
      report.clear();
    }
  }

  private interface Source<T> {
    T take() throws GuestUnavailable;
  }

  private <T> T known(String name, Source<T> source) {
    boolean exists = entries().stream().anyMatch(entry -> entry.name().equals(name));
    try {
      return source.take();
    } catch (GuestUnavailable e) {
      throw exists ? Refusal.failed(e.getMessage()) : Refusal.usage(e.getMessage());
    } finally {
      report.clear();
    }
  }
}
