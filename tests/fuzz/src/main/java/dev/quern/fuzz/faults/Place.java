package dev.quern.fuzz.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A folder of a case with its file systems and control groups; nothing of it stays. */
final class Place implements AutoCloseable {
  private static final Set<Place> OPEN = ConcurrentHashMap.newKeySet();

  private static volatile boolean ending;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Place::closeAll));
  }

  private final Path folder;
  private final Deque<Path> mounts = new ArrayDeque<>();
  private final Deque<Cgroup> groups = new ArrayDeque<>();

  Place(Path parent) throws IOException {
    if (ending) {
      throw new IOException("the JVM is ending");
    }
    folder = Files.createTempDirectory(parent, "case-");
    OPEN.add(this);
  }

  /** Whether this JVM ends, and takes all places away. */
  static boolean isEnding() {
    return ending;
  }

  /** Those within others first. */
  private static void closeAll() {
    ending = true;
    for (Place p :
        OPEN.stream().sorted(Comparator.comparing(o -> -o.folder.getNameCount())).toList()) {
      try {
        p.close();
      } catch (IOException e) {
        System.err.println("faults: something is left behind: " + e);
      }
    }
  }

  Path folder() {
    return folder;
  }

  /** Mounts a file system of memory. */
  synchronized void mount(Path at, String options) throws IOException {
    Files.createDirectories(at);
    mounts.push(at);
    Tools.run("mount", "-t", "tmpfs", "-o", options, "quern-fuzz", at.toString());
  }

  static void remount(Path at, String options) throws IOException {
    Tools.run("mount", "-o", "remount," + options, at.toString());
  }

  synchronized Cgroup add(Cgroup group) {
    groups.push(group);
    return group;
  }

  @Override
  public synchronized void close() throws IOException {
    while (!mounts.isEmpty()) {
      Tools.succeeds("umount", "-l", mounts.pop().toString()); // a mount may have failed
    }
    while (!groups.isEmpty()) {
      groups.pop().close();
    }
    Tools.delete(folder);
    OPEN.remove(this);
  }
}
