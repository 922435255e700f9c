package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.guest.GuestCatalog;
import dejavm.guest.GuestUnavailable;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Linux on a disk and a disc of ours: it makes file systems, writes, reads back and checks;
 * recorded at the machine boundary, verified with the images gone, converted, and verified again.
 * Needs xorriso for the disc.
 */
@Tag("slow")
class DiskGuestTest {
  private static final String DATA =
      "a036031249164ec858e23450a91585ae7dcb73d481105832ca33813da893233f";

  @TempDir Path directory;

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private void makeDisc() throws Exception {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "xorriso"))),
        "there is no xorriso");
    Path files = Files.createDirectory(directory.resolve("files"));
    Files.writeString(files.resolve("hello"), "hello\n");
    Files.write(files.resolve("zeros"), new byte[3_000_000]);
    List<String> command =
        List.of("xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", path("cd.iso"), path("files"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();
    assertThat(process.waitFor()).isZero();
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @ValueSource(strings = {"debian-686", "debian-amd64"})
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void aGuestUsesDiskAndDisc(String guest) throws Exception {
    Path cache = GuestCatalog.defaultCache(System.getenv());
    try {
      new GuestCatalog(cache, _ -> {}).drivers(guest);
    } catch (GuestUnavailable e) {
      abort(e.getMessage());
    }
    makeDisc();
    try (RandomAccessFile disk = new RandomAccessFile(path("disk.img"), "rw")) {
      disk.setLength(64 << 20);
    }
    Program program = new Program(cache.getParent());
    Program.Result recorded =
        program.run(
            "record",
            "--guest",
            guest,
            "--disk",
            path("disk.img"),
            "--cdrom",
            path("cd.iso"),
            "--append",
            "console=ttyS0 quiet cryptomgr.notests job=disk",
            "--pace",
            "max",
            "--rtc",
            "2026-01-01T00:00:00",
            "--until",
            "1000",
            "-o",
            path("a.deja"));
    assertThat(recorded.exitCode()).as(recorded.err()).isZero();
    assertThat(recorded.out())
        .contains("data " + DATA, "sectors 131072", "fsck 0", "disc ", "Power down");
    for (String file : List.of("ext2 a/1", "ext2 a/3", "ext2 dd", "vfat a/1", "vfat dd")) {
      assertThat(recorded.out()).contains(file + " " + DATA);
    }
    Files.delete(directory.resolve("disk.img"));
    Files.delete(directory.resolve("cd.iso"));
    Program.Result verified = program.run("verify", path("a.deja"), "--seed", "1");
    assertThat(verified.out()).as(verified.err()).contains(": identical: ");
    Program.Result converted =
        program.run("convert", path("a.deja"), "-o", path("b.deja"), "--verify");
    assertThat(converted.exitCode()).as(converted.err()).isZero();
    assertThat(converted.err()).contains("b.deja: identical: ");
  }
}
