package dev.quern.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A control group (cgroup) that limits this process's memory: the process's own group or a group
 * that contains that group. The kernel kills the process if it exceeds the smallest limit of all
 * these groups.
 *
 * @param unified whether the group belongs to cgroup version 2
 */
record Cgroup(Path folder, boolean unified) {
  /**
   * Returns the groups that contain this process, innermost first, of all mounted cgroup versions.
   */
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
   * Adds a group and all groups around it, up to the mount point.
   *
   * @param mount fields of a line of mountinfo: id, parent, device, root, mount point, options, any
   *     number of tags, a dash, type, source, the type's own options
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
      // the locale cannot represent this path
    }
  }

  /**
   * Returns the process's path relative to the mounted group; empty if that group does not contain
   * the process.
   */
  private static String below(String mounted, String path) {
    String prefix = mounted.endsWith("/") ? mounted : mounted + "/";
    return path.startsWith(prefix) && !path.contains("/..") ? path.substring(prefix.length()) : "";
  }

  /** Decodes mountinfo's octal escapes of spaces, tabs and backslashes. */
  private static String unescaped(String text) {
    return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }

  private KernelFile file(String name) {
    return new KernelFile(folder.resolve(name));
  }

  /**
   * Returns the limit in bytes; {@link Long#MAX_VALUE} if there is none. Includes memory.high,
   * above which the kernel does not kill a process but slows it down extremely.
   */
  long limit() {
    return unified
        ? Math.min(
            file("memory.max").number().orElse(Long.MAX_VALUE),
            file("memory.high").number().orElse(Long.MAX_VALUE))
        : Math.min(
            file("memory.limit_in_bytes").number().orElse(Long.MAX_VALUE),
            // includes groups above the mounted one
            file("memory.stat").field("hierarchical_memory_limit").orElse(Long.MAX_VALUE));
  }

  /**
   * Returns the bytes that the group's processes use, not counting bytes that the kernel can
   * reclaim.
   */
  OptionalLong used() {
    OptionalLong all = file(unified ? "memory.current" : "memory.usage_in_bytes").number();
    if (all.isEmpty()) {
      return all;
    }
    KernelFile stat = file("memory.stat");
    String prefix = unified ? "" : "total_"; // includes nested groups
    long reclaimable =
        stat.field(prefix + "inactive_file").orElse(0)
            + stat.field(prefix + "active_file").orElse(0)
            + stat.field("slab_reclaimable").orElse(0);
    return OptionalLong.of(Math.max(0, all.getAsLong() - reclaimable));
  }
}
