package dejavm.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.machine.boot.Embedded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestCatalogTest {
  @TempDir Path directory;
  private final List<String> progress = new ArrayList<>();
  private Path cache;
  private GuestCatalog catalog;

  @BeforeEach
  void create() {
    cache = directory.resolve("cache");
    catalog = new GuestCatalog(cache, directory.resolve("no-apt"), progress::add);
  }

  @Test
  void tinyIsAlwaysThere() throws Exception {
    Guest guest = catalog.guest("tiny");
    assertThat(Files.readAllBytes(guest.kernel())).isEqualTo(Embedded.tiny());
    assertThat(guest.initrd()).isNull();
    Files.writeString(guest.kernel(), "damaged");
    assertThat(Files.readAllBytes(catalog.guest("tiny").kernel())).isEqualTo(Embedded.tiny());
  }

  @Test
  void tinyIsThereWithoutACacheToo() throws Exception {
    Files.writeString(cache, "a file where the directory should be");
    assertThat(Files.readAllBytes(catalog.guest("tiny").kernel())).isEqualTo(Embedded.tiny());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> catalog.guest("plan9"))
        .isInstanceOf(GuestUnavailable.class)
        .hasMessage("no guest is called plan9; there are: debian-amd64, debian-686, tiny");
  }

  @Test
  void whatCannotBeFetchedIsUnavailableInOneLine() {
    assertThatThrownBy(() -> catalog.guest("debian-686"))
        .isInstanceOf(GuestUnavailable.class)
        .hasMessageContaining("no Debian package sources")
        .hasMessageNotContaining("\n");
    assertThat(catalog.entries())
        .extracting(GuestCatalog.Entry::present)
        .containsExactly(false, false, true);
  }

  @Test
  void anUnusableCacheIsReportedInOneLine() throws Exception {
    Files.writeString(cache, "a file where the directory should be");
    assertThatThrownBy(() -> catalog.guest("debian-686"))
        .isInstanceOf(GuestUnavailable.class)
        .hasMessageContaining("cannot be kept in")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian-686", "debian-amd64"})
  void whatWasFetchedIsUsedWithoutTheNetwork(String name) throws Exception {
    Store store = fetched(name);
    Guest guest = catalog.guest(name);
    assertThat(guest.kernel()).hasContent("the kernel");
    assertThat(guest.commandLine()).isEqualTo("console=ttyS0 quiet cryptomgr.notests");
    assertThat(catalog.entries())
        .filteredOn(GuestCatalog.Entry::present)
        .extracting(GuestCatalog.Entry::name)
        .containsExactly(name, "tiny");
    assertThat(Files.readAllBytes(guest.initrd()))
        .isEqualTo(new Initramfs().pack("busybox".getBytes(StandardCharsets.US_ASCII)));

    Files.delete(store.path("initrd.gz"));
    assertThat(catalog.guest(name).initrd()).exists();
    assertThat(progress).containsOnly("packing the initial RAM disk");
  }

  @Test
  void aDamagedKernelIsNeverUsed() throws Exception {
    Store store = fetched("debian-686");
    catalog.guest("debian-686");
    Files.writeString(store.path("vmlinuz"), "the kernem");
    assertThatThrownBy(() -> catalog.guest("debian-686")).isInstanceOf(GuestUnavailable.class);
    Files.writeString(store.path("vmlinuz"), "the kernel");
    assertThat(catalog.guest("debian-686").kernel()).hasContent("the kernel");
  }

  @Test
  void theCacheIsWhereTheDesktopSpecificationSays() {
    Path home = Path.of(System.getProperty("user.home"));
    assertThat(GuestCatalog.defaultCache(Map.of("XDG_CACHE_HOME", "/x"))).hasToString("/x/dejavm");
    for (String unset : List.of("", "relative")) {
      assertThat(GuestCatalog.defaultCache(Map.of("XDG_CACHE_HOME", unset)))
          .isEqualTo(home.resolve(".cache/dejavm"));
    }
  }

  @Test
  void packagesAreTarsWithPaddedFiles() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    member(tar, "./boot/", '5', "");
    member(tar, "./boot/config-1", '0', "x".repeat(513));
    member(tar, "./boot/vmlinuz-1", '0', "kernel");
    tar.writeBytes(new byte[1024]);
    assertThat(DebianPackages.find(in(tar), path -> path.startsWith("boot/vmlinuz-"), 1))
        .hasEntrySatisfying(
            "boot/vmlinuz-1",
            bytes -> assertThat(bytes).asString(StandardCharsets.US_ASCII).isEqualTo("kernel"));
    Map<String, byte[]> all = DebianPackages.find(in(tar), _ -> true, 9);
    assertThat(all).containsOnlyKeys("boot/config-1", "boot/vmlinuz-1");
    assertThat(all.get("boot/config-1")).hasSize(513);
    assertThat(DebianPackages.find(in(tar), _ -> true, 1)).containsOnlyKeys("boot/config-1");
    assertThat(DebianPackages.find(in(tar), "boot/"::equals, 1)).isEmpty();
  }

  private Store fetched(String name) throws IOException {
    Store store = new Store(cache.resolve(name));
    store.put("vmlinuz", "the kernel".getBytes(StandardCharsets.US_ASCII));
    store.put("busybox", "busybox".getBytes(StandardCharsets.US_ASCII));
    store.commit();
    return store;
  }

  private static ByteArrayInputStream in(ByteArrayOutputStream tar) {
    return new ByteArrayInputStream(tar.toByteArray());
  }

  private static void member(ByteArrayOutputStream tar, String name, char type, String content) {
    byte[] header = new byte[512];
    byte[] path = name.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(path, 0, header, 0, path.length);
    byte[] size = "%011o".formatted(content.length()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, header, 124, size.length);
    header[156] = (byte) type;
    tar.writeBytes(header);
    tar.writeBytes(content.getBytes(StandardCharsets.US_ASCII));
    tar.writeBytes(new byte[-content.length() & 511]);
  }
}
