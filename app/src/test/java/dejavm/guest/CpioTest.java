package dejavm.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpioTest {
  private record Entry(String name, int mode, int links, byte[] content, int major, int minor) {}

  @Test
  void writesWhatTheKernelReads() {
    byte[] archive =
        new Cpio()
            .directory("bin", 0755)
            .file("bin/a", 0644, "hello".getBytes(StandardCharsets.US_ASCII))
            .symlink("bin/b", "a")
            .characterDevice("console", 0600, 5, 1)
            .finish();
    List<Entry> entries = read(archive);

    assertThat(entries)
        .extracting(Entry::name)
        .containsExactly("bin", "bin/a", "bin/b", "console", "TRAILER!!!");
    assertThat(entries)
        .extracting(Entry::mode)
        .containsExactly(040755, 0100644, 0120777, 020600, 0);
    assertThat(entries.get(1).content).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
    assertThat(entries.get(2).content).asString(StandardCharsets.US_ASCII).isEqualTo("a");
    assertThat(entries.get(3).major).isEqualTo(5);
    assertThat(entries.get(3).minor).isEqualTo(1);
    assertThat(entries.get(0).links).isEqualTo(2);
  }

  @Test
  void padsEveryLengthOfNameAndContent() {
    Cpio cpio = new Cpio();
    for (int length = 0; length < 9; length++) {
      cpio.file("n".repeat(length + 1), 0600, new byte[length]);
    }
    List<Entry> entries = read(cpio.finish());
    assertThat(entries).hasSize(10);
    for (int length = 0; length < 9; length++) {
      assertThat(entries.get(length).name).hasSize(length + 1);
      assertThat(entries.get(length).content).hasSize(length);
    }
  }

  @Test
  void nothingCanBeAddedToAFinishedArchive() {
    Cpio cpio = new Cpio().directory("a", 0755);
    byte[] archive = cpio.finish();
    assertThat(cpio.finish()).isEqualTo(archive);
    assertThatThrownBy(() -> cpio.directory("b", 0755)).isInstanceOf(IllegalStateException.class);
  }

  /** Reads an archive as the format's description says, independently of the writer. */
  private static List<Entry> read(byte[] archive) {
    List<Entry> entries = new ArrayList<>();
    int at = 0;
    while (entries.isEmpty() || !entries.getLast().name.equals("TRAILER!!!")) {
      assertThat(at % 4).isZero();
      assertThat(new String(archive, at, 6, StandardCharsets.US_ASCII)).isEqualTo("070701");
      int[] field = new int[13];
      for (int i = 0; i < field.length; i++) {
        String hex = new String(archive, at + 6 + 8 * i, 8, StandardCharsets.US_ASCII);
        field[i] = Integer.parseInt(hex, 16);
      }
      int nameAt = at + 110;
      String name = new String(archive, nameAt, field[11] - 1, StandardCharsets.US_ASCII);
      assertThat(archive[nameAt + field[11] - 1]).isZero();
      int contentAt = nameAt + field[11] + 3 & ~3;
      byte[] content = Arrays.copyOfRange(archive, contentAt, contentAt + field[6]);
      entries.add(new Entry(name, field[1], field[4], content, field[9], field[10]));
      at = contentAt + field[6] + 3 & ~3;
    }
    assertThat(at).isEqualTo(archive.length);
    return entries;
  }
}
