package dejavm.measure;

import dejavm.guest.Guest;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest that boots, does a job, and powers off.
 *
 * @param is64 whether it is for a processor of 64 bits
 * @param job as its {@code init} knows it: boot, cpu
 */
public record GuestJob(Guest guest, boolean is64, String job) {
  /** In words. */
  public String title() {
    return guest.name() + " " + job;
  }

  /**
   * What boots it, on the command line.
   *
   * @param dashes with which options begin: DejaVM has the names of QEMU
   */
  List<String> boot(String dashes) {
    List<String> options = new ArrayList<>();
    options.addAll(List.of(dashes + "kernel", guest.kernel().toString()));
    if (guest.initrd() != null) {
      options.addAll(List.of(dashes + "initrd", guest.initrd().toString()));
    }
    options.addAll(List.of(dashes + "append", (guest.commandLine() + " job=" + job).strip()));
    return options;
  }
}
