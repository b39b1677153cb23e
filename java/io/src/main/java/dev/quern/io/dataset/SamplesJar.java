package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.FileAccessException;
import dev.quern.internal.arguments.Heap;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.List;
import java.util.Optional;

/**
 * Access to the data sets in the jar {@code quern-samples}, if it is on the class path or module
 * path.
 */
final class SamplesJar {
  private static final String FOLDER = "dev/quern/samples/";

  private SamplesJar() {}

  /** Loads one split of a data set from the jar; empty if the jar is not present. */
  static Optional<Dataset> load(String name, Split split, List<String> classes) {
    String folder = FOLDER + name + "/";
    if (find(folder + Idx.fileName(split, "images-idx3-ubyte.gz")) == null) {
      return Optional.empty();
    }
    return Optional.of(
        Heap.within(
            "idx: " + folder,
            () ->
                Idx.join(kind -> read(folder + Idx.fileName(split, kind) + ".gz"), name, classes)));
  }

  private static Idx.Source read(String resource) {
    URL url = find(resource);
    if (url == null) {
      throw new FileAccessException("idx: " + resource + " is missing from the jar", null);
    }
    try (InputStream in = url.openStream()) {
      byte[] all = in.readAllBytes();
      return new Idx.Source(
          url.toString(), IdxFile.read(url.toString(), new ByteArrayInputStream(all), all.length));
    } catch (IOException e) {
      throw new FileAccessException("idx: " + url + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the address of a resource; null if it is missing. Also searches the context class
   * loader, since an application may load its jars by another class loader.
   */
  private static URL find(String resource) {
    URL url = SamplesJar.class.getClassLoader().getResource(resource);
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return url == null && context != null ? context.getResource(resource) : url;
  }
}
