package dejavm.guest;

import dejavm.machine.boot.Embedded;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The guests that have a name. {@code tiny} is part of the program and always there; those of
 * Debian are fetched once into the user's cache and afterwards need no network.
 */
public final class GuestCatalog {
  /**
   * A line of the list of guests.
   *
   * @param present whether it can be booted without fetching anything
   */
  public record Entry(String name, String description, boolean present) {}

  private static final String TINY = "tiny";
  private static final String KERNEL = "vmlinuz";
  private static final String BUSYBOX = "busybox";
  private static final String INITRD = "initrd.gz";
  private static final String RECIPE = "recipe";
  private static final String DRIVERS = "drivers.gz";
  private static final String DRIVERS_RECIPE = "drivers recipe";

  /** Without the kernel's self-tests of cryptography, which are more than half of its boot. */
  private static final String COMMAND_LINE = "console=ttyS0 quiet cryptomgr.notests";

  /** Debian's kernels for PCs. */
  private enum Debian {
    AMD64("debian-amd64", "amd64", "linux-image-amd64"),
    I686("debian-686", "i386", "linux-image-686");

    final String guest;

    /** As Debian calls it. */
    final String architecture;

    /** The package that depends on the current kernel. */
    final String kernel;

    Debian(String guest, String architecture, String kernel) {
      this.guest = guest;
      this.architecture = architecture;
      this.kernel = kernel;
    }

    String description() {
      return "Debian's %s kernel with a busybox shell on the serial console; job=boot|cpu|disk|idle"
          .formatted(architecture);
    }
  }

  private final Path cache;
  private final Path etcApt;
  private final Consumer<String> progress;

  /**
   * A catalog over a cache directory, which need not exist.
   *
   * @param progress is told in a few words what is being done, whenever it takes a while
   */
  public GuestCatalog(Path cache, Consumer<String> progress) {
    this(cache, Path.of("/etc/apt"), progress);
  }

  GuestCatalog(Path cache, Path etcApt, Consumer<String> progress) {
    this.cache = cache;
    this.etcApt = etcApt;
    this.progress = progress;
  }

  /** The user's cache: {@code $XDG_CACHE_HOME/dejavm}, or {@code ~/.cache/dejavm}. */
  public static Path defaultCache(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        Path.of(xdg).isAbsolute()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("dejavm");
  }

  /** All known guests. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Debian debian : Debian.values()) {
      boolean present = complete(new Store(cache.resolve(debian.guest)), false);
      entries.add(new Entry(debian.guest, debian.description(), present));
    }
    entries.add(
        new Entry(
            TINY,
            "our own kernel of a few KB, part of the program; type help, or give it job=demo",
            true));
    return List.copyOf(entries);
  }

  /** A guest by name, fetched first where it is missing. */
  public Guest guest(String name) throws GuestUnavailable {
    return guest(name, false);
  }

  /**
   * Fetches a guest again, though it may be there; what is there stays until the new one is whole.
   */
  public Guest fetch(String name) throws GuestUnavailable {
    return guest(name, true);
  }

  /**
   * An archive for a guest's initial RAM disk with what it needs for drives: modules of its kernel.
   * Fetched first where it is missing; null for a guest that has no such things.
   */
  public Path drivers(String name) throws GuestUnavailable {
    for (Debian debian : Debian.values()) {
      if (debian.guest.equals(name)) {
        debian(debian, false, true);
        return new Store(cache.resolve(name)).path(DRIVERS);
      }
    }
    return null;
  }

  private Guest guest(String name, boolean anew) throws GuestUnavailable {
    if (name.equals(TINY)) {
      return tiny();
    }
    for (Debian debian : Debian.values()) {
      if (debian.guest.equals(name)) {
        return debian(debian, anew, false);
      }
    }
    throw unknown(name);
  }

  private GuestUnavailable unknown(String name) {
    return new GuestUnavailable(
        "no guest is called "
            + name
            + "; there are: "
            + String.join(", ", entries().stream().map(Entry::name).toList()));
  }

  private Guest tiny() throws GuestUnavailable {
    byte[] image = Embedded.tiny();
    try {
      Path kernel;
      try {
        Store store = new Store(cache.resolve(TINY));
        if (!store.holds("tiny.bin") || !store.states("tiny.bin", Store.sha256(image))) {
          store.put("tiny.bin", image);
          store.commit();
        }
        kernel = store.path("tiny.bin");
      } catch (IOException unwritableCache) {
        kernel = Files.createTempFile("dejavm-tiny", ".bin");
        kernel.toFile().deleteOnExit();
        Files.write(kernel, image);
      }
      return new Guest(TINY, kernel, null, "");
    } catch (IOException e) {
      throw new GuestUnavailable("the guest tiny cannot be written: " + Reason.of(e), e);
    }
  }

  private Guest debian(Debian debian, boolean anew, boolean drivers) throws GuestUnavailable {
    String name = debian.guest;
    Path directory = cache.resolve(name);
    try {
      Store store = new Store(directory);
      if (anew || !complete(store, drivers)) {
        Files.createDirectories(directory);
        try (FileChannel one =
            FileChannel.open(
                cache.resolve(name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
          one.lock();
          // another process may have fetched it while this one waited
          store = new Store(directory);
          bring(debian, store, anew, drivers);
        }
      }
      return new Guest(name, store.path(KERNEL), store.path(INITRD), COMMAND_LINE);
    } catch (IOException e) {
      throw new GuestUnavailable(
          "the guest " + name + " cannot be kept in " + cache + ": " + Reason.of(e), e);
    }
  }

  private void bring(Debian debian, Store store, boolean anew, boolean drivers)
      throws GuestUnavailable, IOException {
    if (anew || !store.holds(KERNEL) || !store.holds(BUSYBOX) || drivers && !drivers(store)) {
      fetch(debian, store);
    }
    if (anew || !complete(store, drivers)) {
      progress.accept("packing the initial RAM disk");
      Initramfs initramfs = new Initramfs();
      store.put(INITRD, initramfs.pack(Files.readAllBytes(store.path(BUSYBOX))));
      store.state(RECIPE, Store.sha256(initramfs.recipe()));
      store.commit();
    }
  }

  private void fetch(Debian debian, Store store) throws GuestUnavailable, IOException {
    Path work = Files.createTempDirectory(cache, "fetch");
    try {
      DebianPackages packages = new DebianPackages(work, etcApt, debian.architecture, progress);
      packages.update();
      String kernelName = packages.dependency(debian.kernel, "linux-image-");
      DebianPackages.Package busybox = packages.download("busybox-static");
      DebianPackages.Package kernel = packages.download(kernelName);
      byte[] binary = packages.extract(busybox, path -> path.matches("(usr/)?bin/busybox"));
      byte[] bzImage = packages.extract(kernel, path -> path.startsWith("boot/vmlinuz-"));
      DebianPackages.Package check = packages.download("e2fsck-static");
      KernelModules modules =
          new KernelModules(
              packages.extract(kernel, KernelModules::wanted, Integer.MAX_VALUE),
              packages.extract(check, path -> path.endsWith("/e2fsck.static")));
      store.put(BUSYBOX, binary);
      store.put(KERNEL, bzImage);
      store.put(DRIVERS, modules.pack());
      store.state(DRIVERS_RECIPE, KernelModules.RECIPE);
      for (DebianPackages.Package fetched : List.of(busybox, kernel, check)) {
        store.state("package " + fetched.name(), fetched.version());
        store.state(
            "package file " + fetched.name(), Store.sha256(Files.readAllBytes(fetched.file())));
      }
      store.commit();
    } finally {
      Store.delete(work);
    }
  }

  private static boolean drivers(Store store) {
    return store.holds(DRIVERS) && store.states(DRIVERS_RECIPE, KernelModules.RECIPE);
  }

  private static boolean complete(Store store, boolean drivers) {
    return (!drivers || drivers(store))
        && store.states(RECIPE, Store.sha256(new Initramfs().recipe()))
        && store.holds(KERNEL)
        && store.holds(BUSYBOX)
        && store.holds(INITRD);
  }
}
