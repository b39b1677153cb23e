package dev.quern.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F3: what machines and containers grant, by files as their kernels write them. */
class SystemMemoryTest {
  private static final long MIB = 1 << 20;
  private static final String UNIFIED = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
  private static final String LEGACY =
      "34 31 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
          + "35 31 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n";

  @TempDir private Path root;

  @BeforeEach
  void machine() throws IOException {
    file(
        "proc/meminfo",
        "MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:    8388608 kB\n");
    file("proc/self/status", "Name:\tjava\nVmHWM:\t  300000 kB\nVmRSS:\t  204800 kB\n");
  }

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void unified(String folder, String max, long usedMib, String stat) throws IOException {
    file("sys/fs/cgroup/" + folder + "memory.max", max + "\n");
    file("sys/fs/cgroup/" + folder + "memory.current", usedMib * MIB + "\n");
    file("sys/fs/cgroup/" + folder + "memory.stat", stat);
  }

  private void legacy(String folder, long limit, long usedMib, String stat) throws IOException {
    file("sys/fs/cgroup/memory/" + folder + "memory.limit_in_bytes", limit + "\n");
    file("sys/fs/cgroup/memory/" + folder + "memory.usage_in_bytes", usedMib * MIB + "\n");
    file("sys/fs/cgroup/memory/" + folder + "memory.stat", stat);
  }

  private void assertGrants(long limitMib, long availableMib) {
    assertThat(SystemMemory.read(root))
        .isEqualTo(new SystemMemory(limitMib * MIB, availableMib * MIB));
  }

  @Test
  void machineAlone() {
    assertGrants(16384, 8192);
  }

  @Test
  void unifiedGroupLessWhatItsProcessesUse() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/app\n");
    unified("app/", "2097152000", 500, "");
    assertGrants(2000, 1500);
  }

  @Test
  void filePagesCanBeDropped() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/app\n");
    String stat =
        "anon 1\ninactive_file 104857600\nactive_file 52428800\nslab_reclaimable 1048576\n";
    unified("app/", "2097152000", 500, stat);
    assertGrants(2000, 1651);
  }

  @Test
  void outerGroupOfLessIsTheLimit() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/a/b/c\n");
    unified("a/b/c/", "max", 100, "");
    unified("a/b/", "1048576000", 900, "");
    unified("a/", "2097152000", 1950, "");
    assertGrants(1000, 50);
  }

  @Test
  void memoryHighCounts() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/app\n");
    unified("app/", "2097152000", 500, "");
    file("sys/fs/cgroup/app/memory.high", "1048576000\n");
    assertGrants(1000, 500);
  }

  /** A container sees itself as the top of the tree. */
  @Test
  void namespaceOfItsOwn() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/\n");
    unified("", "536870912", 112, "");
    assertGrants(512, 400);
  }

  /** Of a process that was moved in from outside. */
  @Test
  void pathOutsideTheNamespace() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/../../elsewhere\n");
    unified("", "536870912", 112, "");
    assertGrants(512, 400);
  }

  @Test
  void legacyGroupAndTheOnesAround() throws IOException {
    file("proc/self/mountinfo", LEGACY);
    file("proc/self/cgroup", "5:cpu:/x\n4:cpuset,memory:/docker/abc\n0::/\n");
    legacy("docker/abc/", 1000 * MIB, 300, "inactive_file 1\ntotal_inactive_file 104857600\n");
    legacy("docker/", 9223372036854771712L, 3000, "");
    assertGrants(1000, 800);
  }

  /** The container's mount begins at its own group, whose path is still the host's. */
  @Test
  void legacyMountOfTheContainersGroup() throws IOException {
    file(
        "proc/self/mountinfo",
        "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
    file("proc/self/cgroup", "4:memory:/docker/abc/inner\n");
    legacy("", 1000 * MIB, 300, "");
    legacy("inner/", 9223372036854771712L, 10, "");
    assertGrants(1000, 700);
  }

  @Test
  void legacyLimitAboveTheMount() throws IOException {
    file("proc/self/mountinfo", LEGACY);
    file("proc/self/cgroup", "4:memory:/\n");
    legacy("", 9223372036854771712L, 300, "hierarchical_memory_limit 1048576000\n");
    assertGrants(1000, 700);
  }

  @Test
  void mountPointWithASpace() throws IOException {
    file("proc/self/mountinfo", "30 23 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw\n");
    file("proc/self/cgroup", "0::/\n");
    file("my groups/memory.max", "1048576000\n");
    file("my groups/memory.current", "0\n");
    assertGrants(1000, 1000);
  }

  /** The process's own size is the least that is used. */
  @Test
  void groupThatDoesNotTellItsUse() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/app\n");
    file("sys/fs/cgroup/app/memory.max", "1048576000\n");
    assertGrants(1000, 800);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "max", "-1", "garbage", "99999999999999999999", "12 34", "1.5e9", "\0"})
  void limitThatSaysNothing(String text) throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/app\n");
    unified("app/", text, 500, "garbage\ninactive_file\ninactive_file x\n");
    assertGrants(16384, 8192);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-\n - - -\n",
        "30 23 0:26 / /sys/fs/cgroup rw\n",
        "30 23 0:26 / /sys/fs/cgroup rw -\n",
        "30 23 0:26 / /sys/fs/cgroup rw - cgroup2\n",
        "30 23 0:26 / /nul\0name rw - cgroup2 cgroup2 rw\n",
        "35 31 0:32 / /sys/fs/cgroup rw - cgroup cgroup rw,cpu\n"
      })
  void mountsThatSayNothing(String text) throws IOException {
    file("proc/self/mountinfo", text);
    file("proc/self/cgroup", "0::/app\n\n:\nx::\n4:memory:/app\n");
    unified("app/", "1048576000", 500, "");
    assertGrants(16384, 8192);
  }

  @Test
  void folderInAFilesPlace() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/app\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup/app/memory.max"));
    assertGrants(16384, 8192);
  }

  /** As on other systems than Linux: the JVM says what there is, and nobody what is left. */
  @Test
  void withoutFilesTheJvmSaysTheLimit() throws IOException {
    SystemMemory memory = SystemMemory.read(root.resolve("nothing"));
    assertThat(memory.limit()).isBetween(64 * MIB, 1L << 50);
    assertThat(memory.available()).isEqualTo(Long.MAX_VALUE);
  }

  /** An interrupt closes files in some ways of reading them. */
  @Test
  void interruptedThreadReads() throws IOException {
    file("proc/self/mountinfo", UNIFIED);
    file("proc/self/cgroup", "0::/app\n");
    unified("app/", "2097152000", 500, "");
    Thread.currentThread().interrupt();
    try {
      assertGrants(2000, 1500);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void headroomIsATwentiethWithinBounds() {
    assertThat(new SystemMemory(128 * MIB, 0).headroom()).isEqualTo(16 * MIB);
    assertThat(new SystemMemory(1000 * MIB, 0).headroom()).isEqualTo(64 * MIB);
    assertThat(new SystemMemory(2000 * MIB, 0).headroom()).isEqualTo(100 * MIB);
    assertThat(new SystemMemory(Long.MAX_VALUE, 0).headroom()).isEqualTo(1024 * MIB);
  }
}
