package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** F11: whatever became of the extracted libraries, the JVM does not die of them. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "library names here are Linux's")
class DamagedLibraryTest {
  @TempDir private static Path temporary;
  private static ChildJvm child;

  /** What was extracted, with the right bytes; each test's last run mends it for the next. */
  private static final Map<Path, byte[]> LIBRARIES = new HashMap<>();

  @BeforeAll
  static void extract() throws Exception {
    child = NativeJar.use(new ChildJvm(), temporary);
    child.option("-Dorg.bytedeco.javacpp.cachedir=" + temporary.resolve("cache"));
    assertRuns();
    try (Stream<Path> all = Files.walk(temporary.resolve("cache"))) {
      for (Path file : all.filter(f -> f.toString().contains(".so")).toList()) {
        LIBRARIES.put(file, Files.readAllBytes(file));
      }
    }
    assertThat(LIBRARIES).hasSizeGreaterThanOrEqualTo(2);
  }

  private static ChildJvm.Result run() throws Exception {
    return child.run(LoadMain.class);
  }

  private static Void assertRuns() throws Exception {
    ChildJvm.Result result = run();
    assertThat(result.status()).as(result.output()).isZero();
    return null;
  }

  private enum Damage {
    /** As a power cut leaves what the disk never got. */
    ZEROS {
      @Override
      byte[] of(byte[] library) {
        Arrays.fill(library, library.length / 8, library.length / 8 * 7, (byte) 0);
        return library;
      }
    },
    ONE_BIT {
      @Override
      byte[] of(byte[] library) {
        library[library.length / 2] ^= 4;
        return library;
      }
    },
    CUT {
      @Override
      byte[] of(byte[] library) {
        return Arrays.copyOf(library, library.length / 2);
      }
    },
    LONGER {
      @Override
      byte[] of(byte[] library) {
        return Arrays.copyOf(library, library.length + 4096);
      }
    },
    EMPTY {
      @Override
      byte[] of(byte[] library) {
        return new byte[0];
      }
    };

    abstract byte[] of(byte[] library);
  }

  /** All files in place, with the time that each has. */
  private static void damage(Damage damage) throws IOException {
    for (Path file : LIBRARIES.keySet()) {
      damage(file, damage);
    }
  }

  private static void damage(Path file, Damage damage) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.write(file, damage.of(LIBRARIES.get(file).clone()));
    Files.setLastModifiedTime(file, time);
  }

  private static void assertMended() throws IOException {
    for (Map.Entry<Path, byte[]> library : LIBRARIES.entrySet()) {
      // AssertJ reads a byte at a time, which takes seconds for OpenBLAS
      boolean mended = Arrays.equals(Files.readAllBytes(library.getKey()), library.getValue());
      assertThat(mended).as("%s is mended", library.getKey()).isTrue();
    }
  }

  static List<Integer> ways() {
    return Suite.first(1, List.of(0, 3));
  }

  /** Files that are damaged in several ways at once; our own library and OpenBLAS in two ways. */
  @ParameterizedTest
  @MethodSource("ways")
  void eachDamagedInItsWay(int first) throws Exception {
    int way = first;
    for (Path file : new TreeSet<>(LIBRARIES.keySet())) {
      damage(file, Damage.values()[way++ % Damage.values().length]);
    }
    assertRuns();
    assertMended();
  }

  @ParameterizedTest
  @EnumSource
  @Tag("full")
  void damagedIsExtractedAnew(Damage damage) throws Exception {
    damage(damage);
    assertRuns();
    assertMended();
  }

  @Test
  void missingIsExtractedAnew() throws Exception {
    for (Path file : LIBRARIES.keySet()) {
      Files.delete(file);
    }
    assertRuns();
    assertMended();
  }

  @Test
  void emptyFolderInItsPlaceGivesWay() throws Exception {
    for (Path file : LIBRARIES.keySet()) {
      Files.delete(file);
      Files.createDirectory(file);
    }
    assertRuns();
    assertMended();
  }

  static List<String> names() {
    List<String> names = List.of("libopenblas.so.0", "libjniquern.so", "libgfortran.so.5");
    return Suite.first(1, names);
  }

  @ParameterizedTest
  @MethodSource("names")
  void folderThatIsNotOursIsNamed(String name) throws Exception {
    Path file = LIBRARIES.keySet().stream().filter(f -> f.endsWith(name)).findAny().orElseThrow();
    Files.delete(file);
    Files.createDirectory(file);
    Files.writeString(file.resolve("notes"), "not ours");
    ChildJvm.Result result = run();
    assertThat(result.status()).as(result.output()).isEqualTo(LoadMain.REFUSED);
    assertThat(result.output())
        .startsWith("dev.quern.error.NativeException: ")
        .contains(file + " is damaged, remove it; it cannot be replaced")
        .hasLineCount(1);
    assertThat(file.resolve("notes")).exists();
    Files.delete(file.resolve("notes"));
    Files.deleteIfExists(file.resolve(name)); // JavaCPP's, which takes a folder for a place
    Files.delete(file);
    assertRuns();
    assertMended();
  }

  /** None may meet what another has just deleted, or has half written. */
  @Test
  void severalAtOnceMendItOnce() throws Exception {
    damage(Damage.ZEROS);
    List<Callable<Void>> runs = new ArrayList<>();
    for (int i = 0; i < (Suite.FULL ? 4 : 2); i++) {
      runs.add(DamagedLibraryTest::assertRuns);
    }
    ExecutorService pool = Executors.newFixedThreadPool(runs.size());
    try {
      for (Future<Void> f : pool.invokeAll(runs)) {
        f.get();
      }
    } finally {
      pool.shutdown();
    }
    assertMended();
  }

  /** An interrupt closes files and locks; what it broke would stay broken. */
  @Test
  void firstUseByAnInterruptedThread() throws Exception {
    damage(Damage.ZEROS);
    ChildJvm.Result result = child.run(Interrupted.class);
    assertThat(result.status()).as(result.output()).isZero();
    assertMended();
  }

  static final class Interrupted {
    private Interrupted() {}

    public static void main(String[] args) {
      Thread.currentThread().interrupt();
      if (Engine.info().isa().isEmpty() || !Thread.currentThread().isInterrupted()) {
        throw new AssertionError("the flag is lost");
      }
    }
  }
}
