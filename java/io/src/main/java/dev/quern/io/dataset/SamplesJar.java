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

/** The jar {@code quern-samples}, where the class path or the module path has it. */
final class SamplesJar {
  private static final String FOLDER = "dev/quern/samples/";

  private SamplesJar() {}

  /** One split of a sample, if the jar is there. */
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

  /** An application may have its jars in a class loader beside ours. */
  private static URL find(String resource) {
    URL url = SamplesJar.class.getClassLoader().getResource(resource);
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return url == null && context != null ? context.getResource(resource) : url;
  }
}
