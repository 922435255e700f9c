package dejavm.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeaBiosTest {
  @TempDir private Path directory;

  private SeaBios seaBios() {
    return new SeaBios(
        directory.resolve("installed"),
        directory.resolve("cache"),
        directory.resolve("no-apt"),
        _ -> {});
  }

  @Test
  void whatIsInstalledIsTaken() throws Exception {
    Path bios = directory.resolve("installed/bios-256k.bin");
    Files.createDirectories(bios.getParent());
    Files.writeString(bios, "bios");
    assertThat(seaBios().bios()).isEqualTo(bios);
  }

  @Test
  void whatWasFetchedIsTakenAgainUnlessItIsDamaged() throws Exception {
    Store store = new Store(directory.resolve("cache/seabios"));
    store.put("bios-256k.bin", new byte[] {1, 2, 3});
    store.commit();
    Path bios = seaBios().bios();
    assertThat(bios).hasBinaryContent(new byte[] {1, 2, 3});
    Files.write(bios, new byte[] {1, 2, 4});
    assertThatThrownBy(() -> seaBios().bios()).isInstanceOf(GuestUnavailable.class);
  }

  @Test
  void whereItCannotBeFetchedItSaysWhatToDo() {
    assertThatThrownBy(() -> seaBios().videoBios(false))
        .isInstanceOf(GuestUnavailable.class)
        .hasMessageContaining("--bios and --vgabios take files");
  }
}
