package dejavm.record;

import dejavm.bus.Medium;

/** Finds the images that a recording refers to, rather than holding what was read of them. */
@FunctionalInterface
public interface ImageFinder {
  /** Finds none. */
  ImageFinder NONE =
      (header, name, sectors, path) -> {
        throw new RecordingException(
            "%s is in the file %s, which it refers to only".formatted(name, path));
      };

  /**
   * An image, checked to be the one that was recorded.
   *
   * @param header has the image's hash
   * @param path where it was when it was recorded
   * @throws RecordingException where it is not to be had
   */
  Medium find(RecordingHeader header, String name, long sectors, String path);
}
