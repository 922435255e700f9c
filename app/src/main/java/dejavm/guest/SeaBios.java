package dejavm.guest;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * The firmware that a machine boots with where nobody names another: SeaBIOS and its BIOS for the
 * video adapter, as Debian packages them. They are taken from where that package puts them, or else
 * fetched once into the user's cache.
 */
public final class SeaBios {
  private static final String NAME = "seabios";
  private static final String BIOS = "bios-256k.bin";
  private static final String VIDEO_BIOS = "vgabios-stdvga.bin";
  private static final String ISA_VIDEO_BIOS = "vgabios-isavga.bin";

  private final Path installed;
  private final Path cache;
  private final Path etcApt;
  private final Consumer<String> progress;

  /**
   * @param cache the user's cache directory, which need not exist
   * @param progress is told in a few words what is being done, whenever it takes a while
   */
  public SeaBios(Path cache, Consumer<String> progress) {
    this(Path.of("/usr/share/seabios"), cache, Path.of("/etc/apt"), progress);
  }

  SeaBios(Path installed, Path cache, Path etcApt, Consumer<String> progress) {
    this.installed = installed;
    this.cache = cache;
    this.etcApt = etcApt;
    this.progress = progress;
  }

  /** SeaBIOS itself. */
  public Path bios() throws GuestUnavailable {
    return file(BIOS);
  }

  /**
   * The video adapter's BIOS.
   *
   * @param isa whether it is a card on the ISA bus, and no PCI function
   */
  public Path videoBios(boolean isa) throws GuestUnavailable {
    return file(isa ? ISA_VIDEO_BIOS : VIDEO_BIOS);
  }

  private Path file(String name) throws GuestUnavailable {
    Path here = installed.resolve(name);
    if (Files.isReadable(here)) {
      return here;
    }
    try {
      Store store = new Store(cache.resolve(NAME));
      if (!store.holds(name)) {
        Files.createDirectories(cache.resolve(NAME));
        try (FileChannel one =
            FileChannel.open(
                cache.resolve(NAME + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
          one.lock();
          // another process may have fetched it while this one waited
          store = new Store(cache.resolve(NAME));
          if (!store.holds(name)) {
            fetch(store);
          }
        }
      }
      return store.path(name);
    } catch (IOException e) {
      throw new GuestUnavailable(
          "the firmware cannot be kept in " + cache + ": " + Reason.of(e), e);
    }
  }

  private void fetch(Store store) throws GuestUnavailable, IOException {
    try {
      fetched(store);
    } catch (GuestUnavailable e) {
      throw new GuestUnavailable(
          "SeaBIOS is not in "
              + installed
              + " and cannot be fetched; --bios and --vgabios take files: "
              + e.getMessage(),
          e);
    }
  }

  private void fetched(Store store) throws GuestUnavailable, IOException {
    Path work = Files.createTempDirectory(cache, "fetch");
    try {
      DebianPackages packages = new DebianPackages(work, etcApt, "amd64", progress);
      packages.update();
      DebianPackages.Package seabios = packages.downloadForAll(NAME);
      for (String name : new String[] {BIOS, VIDEO_BIOS, ISA_VIDEO_BIOS}) {
        store.put(
            name, packages.extract(seabios, path -> path.equals("usr/share/seabios/" + name)));
      }
      store.state("package " + NAME, seabios.version());
      store.commit();
    } finally {
      Store.delete(work);
    }
  }
}
