package dejavm.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddedFilesTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.US_ASCII);

  private static AddedFiles files(String... paths) {
    AddedFiles files = new AddedFiles();
    for (String path : paths) {
      files.add(path, true, CONTENT);
    }
    return files;
  }

  @Test
  void areAnArchiveOfTheirOwnBehindTheDisk() {
    byte[] disk = {1, 2, 3, 4, 5};
    byte[] both = files("/a/b/c").appendedTo(disk);
    assertThat(Arrays.copyOf(both, 8)).containsExactly(1, 2, 3, 4, 5, 0, 0, 0);
    byte[] expected =
        new Cpio()
            .directory("a", 0755)
            .directory("a/b", 0755)
            .file("a/b/c", 0755, CONTENT)
            .finish();
    assertThat(Arrays.copyOfRange(both, 8, both.length)).isEqualTo(expected);
    assertThat(files("/a/b/c").appendedTo(null)).isEqualTo(expected);
  }

  @Test
  void theOrderMakesNoDifference() {
    assertThat(files("/a", "/b/c", "/b/a").appendedTo(null))
        .isEqualTo(files("/b/a", "/b/c", "/a").appendedTo(null));
  }

  @Test
  void theLastOfAPathCounts() {
    AddedFiles files = files("/a");
    files.add("/a", false, new byte[] {9});
    assertThat(files.appendedTo(null))
        .isEqualTo(new Cpio().file("a", 0644, new byte[] {9}).finish());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "/", "/a/", "//a", "/a/../b", "/./a"})
  void whatIsNoPathIsRefused(String path) {
    assertThatThrownBy(() -> files(path)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileInAFileIsRefused() {
    assertThatThrownBy(() -> files("/a/b/c", "/a").appendedTo(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'/a' is a file and a directory");
  }
}
