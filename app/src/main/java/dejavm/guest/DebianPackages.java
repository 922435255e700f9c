package dejavm.guest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Fetches Debian packages of any architecture with the machine's own apt and its own Debian
 * sources, without root and without touching its package state: apt is given a configuration in
 * which every directory it writes is ours. Part of {@code apt-get update} may fail and often does
 * (a mirror in the middle of its synchronisation); what matters is whether the wanted package is
 * then known.
 *
 * <p>Source: apt.conf(5), deb(5); the tar format is POSIX ustar.
 */
final class DebianPackages {
  /** A fetched package. */
  record Package(String name, String version, Path file) {}

  private static final int BLOCK = 512;

  private final Path directory;
  private final String architecture;
  private final Consumer<String> progress;
  private final Children children;

  /**
   * Prepares the isolated configuration.
   *
   * @param directory an existing directory of our own, for everything that apt writes
   * @param etcApt where the machine's sources are configured
   * @param architecture of the packages, as Debian calls it
   */
  DebianPackages(Path directory, Path etcApt, String architecture, Consumer<String> progress)
      throws GuestUnavailable {
    this.directory = directory.toAbsolutePath();
    this.architecture = architecture;
    this.progress = progress;
    Path configuration = this.directory.resolve("apt.conf");
    this.children = new Children(Map.of("APT_CONFIG", configuration.toString()));
    try {
      AptSources sources = AptSources.read(etcApt);
      if (sources.empty()) {
        throw new GuestUnavailable(
            "this machine has no Debian package sources; give --kernel and --initrd, or use --guest"
                + " tiny");
      }
      for (String made :
          List.of("state/lists/partial", "cache/archives/partial", "sources", "packages")) {
        Files.createDirectories(this.directory.resolve(made));
      }
      Files.writeString(this.directory.resolve("status"), "");
      Files.writeString(this.directory.resolve("sources/debian.list"), sources.lines());
      Files.writeString(this.directory.resolve("sources/debian.sources"), sources.stanzas());
      Files.writeString(configuration, configuration());
    } catch (IOException e) {
      throw new GuestUnavailable("cannot prepare " + directory + ": " + Reason.of(e), e);
    }
  }

  private String configuration() {
    return """
    Dir::State "%1$s/state";
    Dir::State::lists "%1$s/state/lists";
    Dir::State::status "%1$s/status";
    Dir::Cache "%1$s/cache";
    Dir::Etc::sourcelist "/dev/null";
    Dir::Etc::sourceparts "%1$s/sources";
    APT::Architecture "%2$s";
    APT::Architectures { "%2$s"; };
    APT::Sandbox::User "";
    APT::Update::Post-Invoke-Success { };
    Acquire::Languages "none";
    Acquire::Retries "2";
    Acquire::http::Timeout "20";
    Acquire::https::Timeout "20";
    """
        .formatted(directory, architecture);
  }

  /** Brings the lists of packages up to date, as far as the mirrors let it. */
  void update() throws GuestUnavailable {
    progress.accept("reading the list of Debian packages for " + architecture);
    Children.Result result = children.run(directory, line -> {}, "apt-get", "update");
    boolean anything = false;
    try (DirectoryStream<Path> lists =
        Files.newDirectoryStream(directory.resolve("state/lists"), "*_Packages*")) {
      anything = lists.iterator().hasNext();
    } catch (IOException e) {
      throw new GuestUnavailable("cannot read " + directory + ": " + Reason.of(e), e);
    }
    if (!anything) {
      String why = complaint(result.lines(), "apt-get update ended with " + result.exit());
      throw new GuestUnavailable(
          "no Debian package list can be fetched (--guest tiny needs none): " + why);
    }
  }

  /** What apt says is wrong, on one line. */
  private static String complaint(List<String> lines, String otherwise) {
    return lines.stream()
        .filter(line -> line.startsWith("E: ") || line.startsWith("W: "))
        .map(line -> line.substring(3).replaceAll("\\s+", " "))
        .findFirst()
        .orElse(otherwise);
  }

  /** The first direct dependency of a package whose name starts like this. */
  String dependency(String name, String prefix) throws GuestUnavailable {
    Children.Result result =
        children.run(directory, line -> {}, "apt-cache", "show", "--no-all-versions", name);
    for (String line : result.lines()) {
      if (line.startsWith("Depends:")) {
        for (String dependency : line.substring("Depends:".length()).split("[,|]")) {
          String candidate = dependency.strip().split("[ (:]")[0];
          if (candidate.startsWith(prefix)) {
            return candidate;
          }
        }
      }
    }
    throw new GuestUnavailable(
        "this machine's Debian sources have no %s for %s".formatted(name, architecture));
  }

  /** Downloads a package; apt checks its signature chain and hash. */
  Package download(String name) throws GuestUnavailable {
    return download(name, name + ":" + architecture);
  }

  /** Downloads a package that is the same for all architectures. */
  Package downloadForAll(String name) throws GuestUnavailable {
    return download(name, name);
  }

  private Package download(String name, String wanted) throws GuestUnavailable {
    progress.accept("fetching " + name);
    Path packages = directory.resolve("packages");
    Children.Result result = children.run(packages, line -> {}, "apt-get", "download", wanted);
    Path file = null;
    try (DirectoryStream<Path> found = Files.newDirectoryStream(packages, name + "_*.deb")) {
      for (Path deb : found) {
        file = deb;
      }
    } catch (IOException e) {
      throw new GuestUnavailable("cannot read " + packages + ": " + Reason.of(e), e);
    }
    if (result.exit() != 0 || file == null) {
      String why = complaint(result.lines(), "apt-get download ended with " + result.exit());
      throw new GuestUnavailable("cannot fetch " + name + ": " + why);
    }
    Children.Result version =
        children.run(packages, line -> {}, "dpkg-deb", "-f", file.toString(), "Version");
    return new Package(name, String.join(" ", version.lines()), file);
  }

  /** The content of the first regular file in a package whose path is accepted. */
  byte[] extract(Package from, Predicate<String> path) throws GuestUnavailable {
    SortedMap<String, byte[]> found = extract(from, path, 1);
    if (found.isEmpty()) {
      throw new GuestUnavailable(from.file().getFileName() + " lacks the expected file");
    }
    return found.get(found.firstKey());
  }

  /** All regular files in a package whose paths are accepted, up to a number. */
  SortedMap<String, byte[]> extract(Package from, Predicate<String> path, int most)
      throws GuestUnavailable {
    progress.accept("unpacking " + from.name() + " " + from.version());
    Process child =
        children.start(directory, false, "dpkg-deb", "--fsys-tarfile", from.file().toString());
    try (InputStream tar = new BufferedInputStream(child.getInputStream(), 1 << 16)) {
      return find(tar, path, most);
    } catch (IOException e) {
      throw new GuestUnavailable("cannot unpack " + from.file() + ": " + Reason.of(e), e);
    } finally {
      child.destroy();
    }
  }

  /** The first regular files of a tar stream with accepted paths. */
  static SortedMap<String, byte[]> find(InputStream tar, Predicate<String> path, int most)
      throws IOException {
    SortedMap<String, byte[]> found = new TreeMap<>();
    byte[] header = new byte[BLOCK];
    while (found.size() < most && tar.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
      String full = text(header, 0, 100);
      String name = full.startsWith("./") ? full.substring(2) : full;
      long size = Long.parseLong(text(header, 124, 12).strip(), 8);
      char type = (char) header[156];
      long padded = (size + BLOCK - 1) / BLOCK * BLOCK;
      if ((type == '0' || type == 0) && path.test(name)) {
        byte[] content = tar.readNBytes(Math.toIntExact(size));
        if (content.length != size) {
          throw new IOException("the package ends early");
        }
        found.put(name, content);
        padded -= size;
      }
      tar.skipNBytes(padded);
    }
    return found;
  }

  private static String text(byte[] header, int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }
}
