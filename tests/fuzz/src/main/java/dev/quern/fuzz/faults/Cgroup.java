package dev.quern.fuzz.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A control group of Linux, of version 1 or 2, that limits what its processes have. */
public final class Cgroup implements AutoCloseable {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private final Path folder;

  private Cgroup(Path folder) {
    this.folder = folder;
  }

  /** A group below the present one with so many bytes. */
  static Cgroup memory(long bytes) throws IOException {
    return of("memory", "memory.limit_in_bytes", "memory.max", bytes);
  }

  /** A group below the present one with so many threads. */
  public static Cgroup threads(long count) throws IOException {
    return of("pids", "pids.max", "pids.max", count);
  }

  private static Cgroup of(String controller, String one, String two, long limit)
      throws IOException {
    String name = "quern-fuzz-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    Path own = ROOT.resolve(controller);
    boolean first = Files.isDirectory(own);
    Cgroup group = new Cgroup((first ? own : ROOT).resolve(path(controller, first)).resolve(name));
    Files.createDirectory(group.folder);
    try {
      Files.writeString(group.folder.resolve(first ? one : two), Long.toString(limit));
    } catch (IOException e) {
      group.close();
      throw e;
    }
    return group;
  }

  /** That of this process; of version 2 the group above, as only that may hand controllers on. */
  private static String path(String controller, boolean first) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (first && List.of(parts[1].split(",")).contains(controller)) {
        return parts[2].substring(1);
      }
      if (!first && parts[1].isEmpty()) {
        return parts[2].substring(1, Math.max(1, parts[2].lastIndexOf('/')));
      }
    }
    throw new IOException("no control group of " + controller);
  }

  /** A command that puts itself into the group before it runs the one that follows. */
  public String[] prefix() {
    return new String[] {
      "/bin/sh", "-c", "echo $$ > " + folder.resolve("cgroup.procs") + " && exec \"$@\"", "sh"
    };
  }

  /** Allows a group of {@link #threads} so many threads more than its processes have just now. */
  public void limitThreads(int more) throws IOException {
    long now = Long.parseLong(Files.readString(folder.resolve("pids.current")).strip());
    Files.writeString(folder.resolve("pids.max"), Long.toString(now + more));
  }

  /** Once its processes have ended, which takes the system a moment. */
  @Override
  public void close() throws IOException {
    for (int i = 0; ; i++) {
      try {
        Files.deleteIfExists(folder);
        return;
      } catch (IOException e) {
        if (i == 100) {
          throw e;
        }
        LockSupport.parkNanos(50_000_000);
      }
    }
  }
}
