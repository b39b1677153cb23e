package dev.quern.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A control group with a limit on memory, as a container has, where the system lets us make one.
 */
final class MemoryGroup implements AutoCloseable {
  private static final String LEGACY = "memory.limit_in_bytes";
  private static final String UNIFIED = "memory.max";

  /** Outermost first. */
  private final List<Path> folders = new ArrayList<>();

  private MemoryGroup() {}

  /**
   * @param depth how many groups one in the other; the outermost has the limit
   * @return null where no group can be made
   */
  static MemoryGroup ofOrNull(long limit, int depth) {
    for (Path parent : List.of(Path.of("/sys/fs/cgroup/memory"), Path.of("/sys/fs/cgroup"))) {
      MemoryGroup group = new MemoryGroup();
      try {
        group.make(parent, limit, depth);
        return group;
      } catch (IOException e) {
        group.close(); // perhaps the other version's folder
      }
    }
    return null;
  }

  private void make(Path parent, long limit, int depth) throws IOException {
    Path at = parent;
    for (int i = 0; i < depth; i++) {
      if (i > 0 && Files.exists(at.resolve(UNIFIED))) {
        Files.writeString(at.resolve("cgroup.subtree_control"), "+memory");
      }
      at = Files.createTempDirectory(at, "quern-test-");
      folders.add(at);
    }
    Path first = folders.get(0);
    Path file = first.resolve(Files.exists(first.resolve(LEGACY)) ? LEGACY : UNIFIED);
    if (!Files.exists(file)) {
      throw new IOException(parent + " has no limits on memory");
    }
    Files.writeString(file, Long.toString(limit));
  }

  /** A command in front of another that runs it inside. */
  String[] prefix() {
    Path members = folders.get(folders.size() - 1).resolve("cgroup.procs");
    return new String[] {"sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", members.toString()};
  }

  /** Waits until the kernel has forgotten its processes. */
  @Override
  public void close() {
    List<Path> innermostFirst = new ArrayList<>(folders);
    Collections.reverse(innermostFirst);
    for (Path folder : innermostFirst) {
      for (int i = 0; i < 100 && !removed(folder); i++) {
        try {
          Thread.sleep(50);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static boolean removed(Path folder) {
    if (!Files.isDirectory(folder)) {
      return true;
    }
    return folder.toFile().delete(); // a group's files are the kernel's, and go with it
  }
}
