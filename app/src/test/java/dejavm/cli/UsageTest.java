package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @TempDir Path directory;

  @BeforeEach
  void files() throws IOException {
    Files.write(directory.resolve("hlt"), new byte[] {(byte) 0xFA, (byte) 0xF4});
    Files.writeString(directory.resolve("bad.script"), "wait x\ntipe y\n");
    Files.writeString(directory.resolve("text"), "hello\n");
    Files.createFile(directory.resolve("empty"));
    ByteBuffer linux64 = ByteBuffer.allocate(0x238).order(ByteOrder.LITTLE_ENDIAN);
    linux64.putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20C).put(0x236, (byte) 1);
    Files.write(directory.resolve("linux64"), linux64.array());
  }

  private Program.Result run(String line) {
    String[] arguments =
        Arrays.stream(line.strip().split(" "))
            .map(word -> word.replace("$", directory + "/"))
            .toArray(String[]::new);
    return new Program(directory).run(arguments);
  }

  /** A dollar is the directory of the test's files. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "foo                                | unmatched argument at index 0: 'foo'",
        "run                                | nothing to run: one of --guest, --kernel",
        "run --guest tiny --flat $hlt       | only one of --guest, --kernel",
        "run --guest windows                | no guest is called windows",
        "run --guest tiny --disk $nosuch    | /nosuch: no such file or directory",
        "run --guest tiny --disk $text,format=zip | 'zip' is no format; there are [raw, qcow2, vmdk",
        "run --guest tiny --disk $empty     | disk0 is empty, or larger than 4 TiB",
        "run --guest tiny --cdrom $         | : is a directory",
        "run --guest tiny --snapshot --write-through | are mutually exclusive",
        "record --guest tiny -o $x --disk $text --write-through --image-refs | --image-refs: images",
        "run --guest tiny --net user        | unknown options: '--net', 'user'",
        "run --flat $hlt --initrd $hlt      | --initrd goes with --kernel",
        "run --flat $hlt --append x         | --append goes with --kernel or --guest",
        "run --flat $nosuch                 | /nosuch: no such file or directory",
        "run --flat $                       | : is a directory",
        "run --flat $hlt@x                  | --flat: 'x' is no address",
        "run --flat $hlt@0x100000           | --flat: the address is below 0x100000",
        "run --flat $hlt@0                  | do not fit between",
        "run --kernel $text                 | /text: neither a bzImage nor a multiboot kernel",
        "run --kernel $empty                | /empty: neither a bzImage nor a multiboot kernel",
        "run --kernel $linux64 --cpu pentium3 | a 64-bit kernel, and --cpu pentium3 has 32 bits",
        "run --boot --flat $hlt             | only one of --guest, --kernel",
        "run --boot order=x                 | 'order=x': a boot order is up to three of a, c, d and n",
        "run --flat $hlt --vgabios $hlt     | --vgabios goes with --boot or --bios",
        "run --bios $text                   | /text: the firmware has 6 bytes",
        "run --bios $empty                  | /empty: the firmware has 0 bytes",
        "run --flat $hlt --add $text        | --add goes with --kernel or --guest",
        "run --guest tiny --add $text       | tiny.bin: --add needs a Linux kernel",
        "run --guest tiny --add $nosuch     | /nosuch: no such file or directory",
        "run --guest tiny --add $text=/a/../b | --add: '/a/../b' is no file's path",
        "run --flat $hlt -m 1M              | -m: 2M to 2G are possible",
        "run --flat $hlt -m 4G              | -m: 2M to 2G are possible",
        "run --flat $hlt -m 2500K           | -m: 2M to 2G are possible",
        "run --flat $hlt -m lots            | 'lots' is not a size such as 256M or 1G",
        "run --flat $hlt -m 99999999999G    | is not a size such as 256M or 1G",
        "run --flat $hlt --cpu z80          | 'z80' is no CPU model; there are: pentium3, core2,",
        "run --flat $hlt --random-seed x    | 'x' is not a long",
        "run --flat $hlt --ips 1            | --ips: 1M to 10G are possible",
        "run --flat $hlt --ips fast         | 'fast' is not a number such as 100M",
        "run --flat $hlt --ips 999999999G   | --ips: 1M to 10G are possible",
        "run --flat $hlt --rtc yesterday    | 'yesterday' is neither now nor a time",
        "run --flat $hlt --rtc 1900-01-01T00:00:00 | the clock starts in the years 1980 to 2099",
        "run --flat $hlt --serial tcp       | 'tcp' is none of stdio, file:NAME, none",
        "run --flat $hlt --serial stdio --serial stdio | only one serial port can be on stdio",
        "run --flat $hlt --serial none --serial none --serial none | there are two serial ports",
        "run --flat $hlt --pace slow        | invalid value for option '--pace'",
        "run --flat $hlt --engine other | invalid value for option '--engine'",
        "run --flat $hlt --display vnc      | invalid value for option '--display'",
        "run --flat $hlt --display web=     | 'web=' is none of none, vnc=[HOST]:N, web=[HOST]:PORT",
        "run --flat $hlt --display none,tty | 'tty' is none of none, vnc=[HOST]:N, web=[HOST]:PORT",
        "run --flat $hlt --display vnc=:60000 | there are ports up to 65535, displays up to 59635",
        "run --flat $hlt --display vnc=0.0.0.0:1 | so it needs a --vnc-password-file",
        "run --flat $hlt --display vnc=no.such.host.invalid:1 | no such host",
        "run --flat $hlt --vnc-password-file $nosuch | /nosuch: no such file or directory",
        "run --flat $hlt --vnc-password-file $empty | /empty: has no password in its first line",
        "run --flat $hlt --until soon       | 'soon' is not a time such as 2.5, 300ms",
        "run --flat $hlt --until 1.5ticks   | '1.5ticks' is not a time such as",
        "run --flat $hlt --script $nosuch   | /nosuch: no such file or directory",
        "run --flat $hlt --script $bad.script | bad.script: line 2: there is no tipe",
        "demo --cpu z80                     | 'z80' is no CPU model; there are: pentium3, core2,",
        "record --flat $hlt                 | missing required option: '-o=FILE'",
        "record --flat $hlt -o $x --boundary bus | invalid value for option '--boundary'",
        "record --flat $hlt -o $text        | text: exists already (--force replaces it)",
        "record --flat $hlt -o $            | : is a directory",
        "run --flat $hlt --vga vlb          | 'vlb' is neither pci nor isa",
        "replay $x --wait 5ticks            | --wait: it is the wall's time, which has no ticks",
        "replay                             | missing required parameter: 'FILE'",
        "replay $nosuch                     | /nosuch: no such file or directory",
        "replay $text                       | /text: not a recording",
        "verify $empty                      | /empty: not a recording",
        "verify $text --restores -1         | --restores: a number from 0 on is needed",
        "info $                             | : is a directory",
        "log $text                          | /text: not a recording",
        "convert $text                      | missing required option: '-o=FILE'",
        "convert $nosuch -o $x              | /nosuch: no such file or directory",
        "convert $text -o $x                | /text: not a recording",
        "convert $text -o $                 | : is a directory",
        "convert $text -o $hlt              | hlt: exists already (--force replaces it)",
        "convert $text -o $text --force     | text: is the recording itself",
        "convert $text -o $x --boundary machine | --boundary machine: it holds what the devices",
        "bench                              | what to measure is needed: engine or guest",
        "bench engine --rounds 0            | --rounds: a number from 1 on is needed",
        "bench engine --kernel sieve,hat    | --kernel: there is no hat; there are sieve, sha256,",
        "bench guest --ways off,on          | --ways: there is no on; there are off, record,",
        "bench guest --ways qemu-kvm        | --ways: there is no qemu-kvm; there are off, record,",
        "bench guest --ways replay          | --ways: replay needs record",
        "bench guest --ways qemu-replay     | --ways: qemu-replay needs qemu-record",
        "bench guest --guest windows        | no guest is called windows",
        "guests fetch                       | missing required parameter: 'NAME'",
        "guests fetch windows               | no guest is called windows",
        "demo --guest windows               | --guest: the demo knows debian-amd64, debian-686 and tiny",
      })
  void refusesInOneLine(String line, String message) {
    Program.Result result = run(line);
    assertThat(result.err()).startsWith("dejavm: ").contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  void aRefusedRecordingLeavesWhatWasThere() {
    run("record --flat $hlt -o $text");
    assertThat(directory.resolve("text")).hasContent("hello\n");
    run("record --flat $nosuch -o $new");
    assertThat(directory.resolve("new")).doesNotExist();
    run("record --kernel $text --force -o $text");
    assertThat(directory.resolve("text")).hasContent("hello\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "demo --help",
        "run --help",
        "record --help",
        "replay --help",
        "verify --help",
        "convert --help",
        "info --help",
        "log --help",
        "guests --help",
        "bench --help",
        "bench engine --help",
        "bench guest --help",
        "guests fetch --help",
        "completion --help"
      })
  void helps(String line) {
    Program.Result result = run(line);
    assertThat(result.out()).startsWith("Usage: dejavm");
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "run --version", "guests fetch --version"})
  void tellsItsVersion(String line) {
    Program.Result result = run(line);
    assertThat(result.out()).startsWith("dejavm ").hasLineCount(1);
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void withoutACommandItSaysSo() {
    Program.Result result = new Program(directory).run();
    assertThat(result.err()).isEqualTo("dejavm: a command is needed (see dejavm --help)\n");
    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  void completesCommandsAndOptions() {
    Program.Result result = run("completion");
    assertThat(result.out()).startsWith("#!").contains("--boundary", "guests", "--restores");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void listsTheGuests() {
    assertThat(run("guests").out())
        .contains("tiny         present", "debian-686   missing", "debian-amd64 missing");
    assertThat(run("guests list").out()).isEqualTo(run("guests").out());
    assertThat(run("guests --json").out()).contains("\"name\" : \"tiny\"", "\"present\" : false");
  }
}
