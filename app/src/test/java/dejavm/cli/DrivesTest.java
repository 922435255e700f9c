package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines with drives, by the commands: recorded, and replayed with the images gone. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DrivesTest {
  private static final String TEXT = "sixteen letters!";
  private static final String TURNED = "SIXTEEN\0LETTERS\1";
  private static final int BUFFER = 0x600;

  @TempDir Path directory;
  private Path image;

  @BeforeEach
  void writeFiles() throws IOException {
    byte[] bytes = new byte[1 << 20];
    System.arraycopy(TEXT.getBytes(StandardCharsets.US_ASCII), 0, bytes, 3 * 512, TEXT.length());
    image = Files.write(directory.resolve("disk.img"), bytes);
    Files.write(directory.resolve("program"), program());
  }

  /** Says what sector 3 begins with, writes that turned round into sector 4, and says that. */
  private static byte[] program() {
    Assembler a = new Assembler(0x7C00, 16);
    a.cli().mov(Assembler.EBX, 3).call("read").call("say");
    a.mov(Assembler.ECX, 16).mov(Assembler.ESI, BUFFER);
    a.label("turn").db(0x80, 0x34, 0x20, 0x46).loop("turn"); // xor byte [si], 20; inc si
    a.mov(Assembler.EBX, 4).mov(Assembler.EAX, 0x30).call("request");
    a.mov(Assembler.EDX, 0x1F0).mov(Assembler.ESI, BUFFER).mov(Assembler.ECX, 256);
    a.db(0xF3, 0x6F).mov(Assembler.EDX, 0x1F7).call("wait"); // rep outsw
    a.call("read").call("say");
    a.mov(Assembler.EDX, 0xF4).mov(Assembler.EAX, 21).db(0xEE).hlt();
    a.label("read").mov(Assembler.EAX, 0x20).call("request");
    a.mov(Assembler.EDX, 0x1F0).mov(Assembler.EDI, BUFFER).mov(Assembler.ECX, 256);
    a.db(0xF3, 0x6D).ret(); // rep insw
    a.label("request").push(Assembler.EAX).mov(Assembler.EDX, 0x1F2);
    a.mov(Assembler.EAX, 1).db(0xEE, 0x42).copy(Assembler.EAX, Assembler.EBX).db(0xEE, 0x42);
    a.mov(Assembler.EAX, 0).db(0xEE, 0x42, 0xEE, 0x42).mov(Assembler.EAX, 0xE0).db(0xEE, 0x42);
    a.pop(Assembler.EAX).db(0xEE);
    a.label("wait").db(0xEC, 0xA8, 0x80).jumpIf(Assembler.NOT_EQUAL, "wait").ret();
    a.label("say").mov(Assembler.ECX, 16).mov(Assembler.ESI, BUFFER);
    a.label("letter").db(0xAC, 0xE6, 0xE9).loop("letter").ret(); // lodsb; out E9, al
    return a.code();
  }

  private Program.Result run(String... arguments) {
    return new Program(directory).run(arguments);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private Program.Result with(String command, String... more) {
    List<String> machine =
        List.of(
            command,
            "--flat",
            path("program"),
            "--debug-exit",
            "--serial",
            "none",
            "--debugcon",
            "stdio",
            "-m",
            "4M",
            "--pace",
            "max",
            "--disk",
            image.toString());
    return run(Stream.concat(machine.stream(), Arrays.stream(more)).toArray(String[]::new));
  }

  private void record(String file, String... more) {
    String[] options =
        Stream.concat(Stream.of("-o", path(file)), Arrays.stream(more)).toArray(String[]::new);
    Program.Result recorded = with("record", options);
    assertThat(recorded.err()).isEmpty();
    assertThat(recorded.out()).isEqualTo(TEXT + TURNED);
    assertThat(recorded.exitCode()).isEqualTo(43);
  }

  private void assertVerified(String file) {
    Program.Result verified = run("verify", path(file), "--restores", "4");
    assertThat(verified.err()).isEmpty();
    assertThat(verified.out()).contains(": identical: ");
  }

  private Program.Result replay(String file, String... more) {
    List<String> command = List.of("replay", path(file), "--serial", "none", "--debugcon", "stdio");
    return run(Stream.concat(command.stream(), Arrays.stream(more)).toArray(String[]::new));
  }

  private boolean written() throws IOException {
    byte[] bytes = Files.readAllBytes(image);
    String text = new String(bytes, 4 * 512, TURNED.length(), StandardCharsets.US_ASCII);
    return text.equals(TURNED);
  }

  @Test
  void aRecordingNeedsNoImage() throws IOException {
    record("a.deja");
    assertThat(written()).isFalse();
    Files.delete(image);
    assertThat(replay("a.deja").out()).isEqualTo(TEXT + TURNED);
    assertVerified("a.deja");
    Program.Result converted = run("convert", path("a.deja"), "-o", path("b.deja"), "--verify");
    assertThat(converted.exitCode()).as(converted.err()).isZero();
    assertThat(run("info", path("a.deja")).out())
        .contains("drive.0: disk disk0 2048\n", "images: disk0 disk.img 1048576 ");
  }

  @Test
  void atTheCpuBoundaryThereIsNoDrive() throws IOException {
    record("a.deja", "--boundary", "cpu");
    Files.delete(image);
    assertVerified("a.deja");
  }

  @Test
  void whatIsReferredToMustBeTheSame() throws IOException {
    record("a.deja", "--image-refs");
    assertVerified("a.deja");
    Path moved = Files.move(image, directory.resolve("moved.img"));
    Program.Result gone = replay("a.deja");
    assertThat(gone.err())
        .contains("it refers to disk0 (--image tells where it is now): ", "no such file")
        .hasLineCount(1);
    assertThat(gone.exitCode()).isEqualTo(2);
    assertThat(replay("a.deja", "--image", "disk0=" + moved).out()).isEqualTo(TEXT + TURNED);
    byte[] bytes = Files.readAllBytes(moved);
    bytes[bytes.length - 1]++;
    Files.write(moved, bytes);
    Program.Result changed = replay("a.deja", "--image", "disk0=" + moved);
    assertThat(changed.err()).contains("moved.img is not the image that was recorded as disk0");
    assertThat(changed.exitCode()).isEqualTo(2);
  }

  @Test
  void writesGoThroughWhereThatIsAskedFor() throws IOException {
    assertThat(with("run").exitCode()).isEqualTo(43);
    assertThat(written()).isFalse();
    record("a.deja", "--write-through");
    assertThat(written()).isTrue();
    Files.delete(image);
    assertVerified("a.deja");
  }

  @Test
  void floppiesAreNamedAndMustFitTheirDrive() throws IOException {
    String floppy = Files.write(directory.resolve("a.img"), new byte[1474560]).toString();
    String small = Files.write(directory.resolve("b.img"), new byte[368640]).toString();
    record("a.deja", "--floppy", floppy, "--floppy", image.toString(), "--floppy2", small);
    assertVerified("a.deja");
    assertThat(run("info", path("a.deja")).out())
        .contains("drive.10: floppy fda0 2880 fda1 2048\n", "drive.11: floppy fdb0 720\n");
    assertThat(with("run", "--floppy", "none").exitCode()).isEqualTo(43);
    Program.Result mixed = with("run", "--floppy", floppy, "--floppy", small);
    assertThat(mixed.exitCode()).isEqualTo(2);
    assertThat(mixed.err()).contains("no floppy drive takes disks of 3.5\" and of 5.25\"");
    Files.write(directory.resolve("c.img"), new byte[3 << 20]);
    assertThat(with("run", "--floppy", path("c.img")).err())
        .contains("no floppy disk has room for 3072 KB");
  }
}
