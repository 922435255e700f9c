package dejavm.cli;

import dejavm.bus.Medium;
import dejavm.host.HostFailure;
import dejavm.image.DriveImages;
import dejavm.image.ImageSource;
import dejavm.record.Image;
import dejavm.record.ImageFinder;
import dejavm.record.RecordingException;
import dejavm.record.RecordingHeader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the images are that a recording only refers to. */
final class References implements ImageFinder {
  @Option(
      names = "--image",
      paramLabel = "NAME=FILE",
      description = {
        "Where an image is now that the recording refers to, by its name there: disk0=FILE.",
        "Default: where it was. Can be given several times."
      })
  private Map<String, String> moved = new LinkedHashMap<>();

  /** Those that were opened: they stay open as long as the program runs. */
  private final DriveImages images = new DriveImages();

  @Override
  public Medium find(RecordingHeader header, String name, long sectors, String path) {
    ImageSource source;
    try {
      source = ImageSource.parse(moved.getOrDefault(name, path));
    } catch (IllegalArgumentException e) {
      throw Refusal.usage("--image: " + e.getMessage());
    }
    Image wanted =
        header.images().stream()
            .filter(image -> image.name().startsWith(name + " "))
            .findFirst()
            .orElseThrow(() -> new RecordingException("it has no hash of its " + name));
    try {
      Medium medium = images.open(name, 0, source, true);
      DriveImages.Content content = DriveImages.content(medium);
      if (medium.sectors() != sectors || !content.sha256().equals(wanted.sha256())) {
        throw new RecordingException(
            "%s is not the image that was recorded as %s".formatted(source.path(), name));
      }
      return medium;
    } catch (IOException e) {
      throw new RecordingException(
          "it refers to %s (--image tells where it is now): %s"
              .formatted(name, HostFailure.reading(source.path(), e).getMessage()));
    }
  }
}
