package dev.quern.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A control group that limits this process's memory: its own, or one around that, since a process
 * is killed at the least of their limits.
 *
 * @param unified whether of version 2
 */
record Cgroup(Path folder, boolean unified) {
  /** Innermost first, of both versions where both are mounted. */
  static List<Cgroup> around(Path root) {
    List<String> mounts = new KernelFile(root.resolve("proc/self/mountinfo")).lines();
    List<Cgroup> all = new ArrayList<>();
    for (String line : new KernelFile(root.resolve("proc/self/cgroup")).lines()) {
      String[] f = line.split(":", 3); // number:controllers:path
      boolean unified = line.startsWith("0::");
      if (f.length == 3 && (unified || List.of(f[1].split(",")).contains("memory"))) {
        for (String mount : mounts) {
          addUpwards(all, root, mount.split(" "), unified, f[2]);
        }
      }
    }
    return all;
  }

  /**
   * @param mount id, parent, device, root, mount point, options, any number of tags, a dash, type,
   *     source, the type's own options
   * @param path path of the process's group from the root of the hierarchy, or from the root of its
   *     namespace
   */
  private static void addUpwards(
      List<Cgroup> to, Path root, String[] mount, boolean unified, String path) {
    int dash = List.of(mount).indexOf("-");
    if (dash < 6 || dash + 3 >= mount.length) {
      return;
    }
    boolean memory =
        unified
            ? mount[dash + 1].equals("cgroup2")
            : mount[dash + 1].equals("cgroup")
                && List.of(mount[dash + 3].split(",")).contains("memory");
    if (!memory) {
      return;
    }
    try {
      Path top = root.resolve(unescaped(mount[4]).substring(1)).normalize();
      Path folder = top.resolve(below(unescaped(mount[3]), path)).normalize();
      for (Path at = folder; at != null && at.startsWith(top); at = at.getParent()) {
        to.add(new Cgroup(at, unified));
      }
    } catch (InvalidPathException e) {
      // a name that this locale cannot write
    }
  }

  /** The path from the mounted group downwards; empty where it is not above the process's. */
  private static String below(String mounted, String path) {
    String prefix = mounted.endsWith("/") ? mounted : mounted + "/";
    return path.startsWith(prefix) && !path.contains("/..") ? path.substring(prefix.length()) : "";
  }

  /** Spaces and the like are octal there. */
  private static String unescaped(String text) {
    return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }

  private KernelFile file(String name) {
    return new KernelFile(folder.resolve(name));
  }

  /**
   * {@link Long#MAX_VALUE} for none. Above memory.high the kernel does not kill, but slows a
   * process down until it crawls; so it counts, too.
   */
  long limit() {
    return unified
        ? Math.min(
            file("memory.max").number().orElse(Long.MAX_VALUE),
            file("memory.high").number().orElse(Long.MAX_VALUE))
        : Math.min(
            file("memory.limit_in_bytes").number().orElse(Long.MAX_VALUE),
            // of groups above what is mounted here, too
            file("memory.stat").field("hierarchical_memory_limit").orElse(Long.MAX_VALUE));
  }

  /** Bytes that the group's processes use, less those that the kernel can drop. */
  OptionalLong used() {
    OptionalLong all = file(unified ? "memory.current" : "memory.usage_in_bytes").number();
    if (all.isEmpty()) {
      return all;
    }
    KernelFile stat = file("memory.stat");
    String prefix = unified ? "" : "total_"; // of the groups inside, too
    long reclaimable =
        stat.field(prefix + "inactive_file").orElse(0)
            + stat.field(prefix + "active_file").orElse(0)
            + stat.field("slab_reclaimable").orElse(0);
    return OptionalLong.of(Math.max(0, all.getAsLong() - reclaimable));
  }
}
