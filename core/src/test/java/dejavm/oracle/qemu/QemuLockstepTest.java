package dejavm.oracle.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.CpuModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs of system instructions, in lockstep with QEMU: paging of all kinds and rights,
 * segments, gates, returns, control registers, MSRs, faults, at all levels and in all modes but
 * SMM. More: {@code -Ddejavm.random.cases=5000 -Ddejavm.random.first=1000}.
 *
 * <p>Each way in which QEMU 7.2 differs from the SDM is named where programs avoid it, or where
 * {@link Lockstep} forgives it. Not compared here: limits, breakpoints, single steps, task switches
 * ({@code SystemRomTest} has those), and the upper halves of registers that were in 64-bit mode.
 */
class QemuLockstepTest {
  private static final long CASES = Long.getLong("dejavm.random.cases", 25);
  private static final long FIRST = Long.getLong("dejavm.random.first", 1);

  /** All that there is to emulate, and the 36 physical bits that we have. */
  private static final String CPU = "max,phys-bits=36,vendor=GenuineIntel";

  @TempDir Path directory;

  @Test
  @Tag("slow")
  void protectedMode() throws IOException {
    compare(
        SystemProgram.Mode.UNPAGED,
        SystemProgram.Mode.PAGED,
        SystemProgram.Mode.PAE,
        SystemProgram.Mode.V86);
  }

  @Test
  @Tag("slow")
  void longMode() throws IOException {
    compare(SystemProgram.Mode.LONG, SystemProgram.Mode.COMPATIBILITY);
  }

  private void compare(SystemProgram.Mode... modes) throws IOException {
    assumeTrue(QemuCpu.isInstalled(), "qemu-system-x86_64 is not installed");
    try (QemuCpu qemu = new QemuCpu(directory, CPU)) {
      for (long seed = FIRST; seed < FIRST + CASES; seed++) {
        SystemProgram program = new SystemProgram(seed, modes);
        Lockstep lockstep = new Lockstep(qemu, program, CpuModel.X86_64_V2);
        List<String> differences = lockstep.run();
        assertThat(differences)
            .as("seed %d: DejaVM's value, then QEMU's; %s", seed, lockstep.path())
            .isEmpty();
      }
    }
  }
}
