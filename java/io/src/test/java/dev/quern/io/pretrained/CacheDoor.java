package dev.quern.io.pretrained;

import dev.quern.io.dataset.TestServer;
import java.nio.file.Path;
import java.util.List;

/** Makes caches for tests of other packages. */
public final class CacheDoor {
  private CacheDoor() {}

  /** A folder, whose downloads do not wait between their attempts. */
  public static PretrainedCache in(Path folder) {
    return new PretrainedCache(List.of(folder), null, TestServer::downloader);
  }
}
