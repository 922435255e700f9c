package dejavm.image;

import dejavm.bus.Disk;
import dejavm.bus.Input;
import dejavm.bus.Medium;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The open images of a machine's drives. What the host cannot read or write of them goes to the
 * machine as an input, and as a line to the user.
 */
public final class DriveImages implements AutoCloseable {
  /**
   * What an image is.
   *
   * @param length bytes, as a guest sees them
   * @param sha256 their hash
   */
  public record Content(long length, String sha256) {}

  /** An image that takes what a guest writes. */
  private record Written(int bay, ImageSource source, RawImage image) {}

  private final List<DiskImage> open = new ArrayList<>();
  private final Map<String, Written> written = new LinkedHashMap<>();
  private Consumer<Input> machine = _ -> {};
  private Consumer<String> user = _ -> {};

  /**
   * Opens an image.
   *
   * @param bay of the drive that it is for
   * @param referred whether a recording is to refer to it, rather than to hold what was read
   */
  public Medium open(String name, int bay, ImageSource source, boolean referred)
      throws IOException {
    DiskImage image = ImageFormat.open(source.path(), source.format(), 0);
    open.add(image);
    return new ImageMedium(
        name,
        image,
        referred ? source.absolute() : "",
        (sector, e) -> failed(bay, sector, source, "read", e));
  }

  /**
   * Has what a guest writes to a medium go into its file as well.
   *
   * @param bay of its drive
   * @throws IOException where it cannot be written, or is no raw image
   */
  public void writeThrough(String medium, int bay, ImageSource source) throws IOException {
    try (DiskImage image = ImageFormat.open(source.path(), source.format(), 0)) {
      if (!(image instanceof RawImage)) {
        throw new IOException("only a raw image can be written");
      }
    }
    RawImage image = new RawImage(new ImageFile(source.path(), true));
    written.put(medium, new Written(bay, source, image));
    open.add(image);
  }

  /** What a medium of ours is; reads all of it. */
  public static Content content(Medium medium) throws IOException {
    ImageMedium image = (ImageMedium) medium;
    return new Content(image.length(), image.sha256());
  }

  /**
   * The machine is about to run.
   *
   * @param inputs takes what it must be told
   * @param lines takes what the user must be told
   */
  public void connect(Consumer<Input> inputs, Consumer<String> lines) {
    machine = inputs;
    user = lines;
  }

  /** A guest wrote sectors. */
  public void written(String medium, long sector, byte[] bytes) {
    Written through = written.get(medium);
    if (through != null) {
      try {
        through.image.write(sector * Disk.SECTOR, bytes);
      } catch (IOException e) {
        for (long at = 0; at < bytes.length / Disk.SECTOR; at += Disk.PER_PAGE) {
          machine.accept(new Input.DiskFault(through.bay, sector + at));
        }
        tell(sector, through.source, "written", e);
      }
    }
  }

  private void failed(int bay, long sector, ImageSource source, String what, IOException e) {
    machine.accept(new Input.DiskFault(bay, sector));
    tell(sector, source, what, e);
  }

  private void tell(long sector, ImageSource source, String what, IOException e) {
    user.accept(
        "%s: sector %d cannot be %s: %s".formatted(source.path(), sector, what, e.getMessage()));
  }

  @Override
  public void close() {
    for (DiskImage image : open) {
      try {
        image.close();
      } catch (IOException e) {
        user.accept("an image cannot be closed: " + e.getMessage());
      }
    }
  }
}
