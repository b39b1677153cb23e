package dev.quern.data;

import dev.quern.error.NotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The readers of pictures that there are. */
final class ImageReaders {
  /** Those beside this library, which stay; empty where there are none. */
  private static volatile List<ImageReader> beside = List.of();

  private ImageReaders() {}

  /**
   * Those of this library's own class loader, or else those of the calling thread's.
   *
   * @throws NotFoundException if there is none
   */
  static List<ImageReader> all(String what) {
    List<ImageReader> found = beside;
    try {
      if (found.isEmpty()) {
        found = list(ServiceLoader.load(ImageReader.class, ImageReader.class.getClassLoader()));
        beside = found;
      }
      if (found.isEmpty()) {
        found = list(ServiceLoader.load(ImageReader.class));
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      NotFoundException failed =
          new NotFoundException("image: " + what + ": a reader of pictures cannot be loaded: " + e);
      failed.initCause(e);
      throw failed;
    }
    if (found.isEmpty()) {
      throw new NotFoundException(
          "image: "
              + what
              + ": nothing here reads pictures; add the module quern-image (dev.quern:quern-image)");
    }
    return found;
  }

  private static List<ImageReader> list(ServiceLoader<ImageReader> loader) {
    List<ImageReader> all = new ArrayList<>();
    loader.forEach(all::add);
    return List.copyOf(all);
  }
}
