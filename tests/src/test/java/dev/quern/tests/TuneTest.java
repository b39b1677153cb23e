package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.eager.Conv2dPass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** QUERN_TUNE=1: choices by time, remembered, and in use wherever weights are packed for them. */
class TuneTest {
  private static final String NAME = "conv2d-tuning.properties";
  private static final String SECOND = "16x12x12,out16,kernel3x3";

  private static ChildJvm.Result untuned;

  /** A run that found nothing remembered, and the file that it left. */
  private static ChildJvm.Result first;

  private static Path name;
  private static String content;

  @TempDir Path cache;

  @BeforeAll
  static void runUntunedAndTuned(@TempDir Path own) throws Exception {
    untuned = done(child(own));
    assertThat(file(own)).isNull();
    first = done(child(own).environment("QUERN_TUNE", "1"));
    Path file = file(own);
    name = own.relativize(file);
    content = Files.readString(file);
  }

  /** Leaves in the cache what the first tuned run left in its own. */
  private void remember() throws IOException {
    Path file = cache.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static ChildJvm child(Path cache) {
    ChildJvm child =
        new ChildJvm()
            .environment("XDG_CACHE_HOME", cache.toString())
            .environment("LOCALAPPDATA", cache.toString())
            .environment("QUERN_VERBOSE", "1");
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
    return mac ? child.option("-Duser.home=" + cache) : child;
  }

  private ChildJvm child() {
    return child(cache);
  }

  private ChildJvm tuned() {
    return child().environment("QUERN_TUNE", "1");
  }

  private static ChildJvm.Result done(ChildJvm child) throws Exception {
    ChildJvm.Result r = child.run(TuneMain.class);
    assertThat(r.status()).as(r.output()).isZero();
    return r;
  }

  private Path file() throws IOException {
    return file(cache);
  }

  /** The one file of choices; null where there is none. */
  private static Path file(Path cache) throws IOException {
    try (Stream<Path> all = Files.walk(cache)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      assertThat(files).hasSizeLessThan(2).allMatch(f -> f.endsWith(NAME));
      return files.isEmpty() ? null : files.get(0);
    }
  }

  /** Lines {@code LAYER ran IMPLEMENTATION}. */
  private static Map<String, String> ran(ChildJvm.Result r) {
    Map<String, String> all = new TreeMap<>();
    r.output()
        .lines()
        .filter(l -> l.matches("\\w+ ran \\w+"))
        .forEach(l -> all.put(l.split(" ")[0], l.split(" ")[2]));
    assertThat(all).as(r.output()).containsOnlyKeys("first", "second", "point", "up");
    return all;
  }

  private static List<String> calls(ChildJvm.Result r) {
    return r.output().lines().filter(l -> l.startsWith("quern: conv2d ")).toList();
  }

  private static double[] numbers(ChildJvm.Result r) {
    String line =
        r.output().lines().filter(l -> l.startsWith("numbers ")).findFirst().orElseThrow();
    return Arrays.stream(line.substring(8).split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  /** Losses, gradients, an evaluation over the training's weights, and a model's outputs. */
  private void assertSameResults(ChildJvm.Result r) {
    double[] wanted = numbers(untuned);
    double[] got = numbers(r);
    assertThat(got).hasSameSizeAs(wanted);
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i]).as(r.output()).isCloseTo(wanted[i], within(1e-4 * (1 + wanted[i])));
    }
  }

  @Test
  void choosesOnceAndRemembers() throws Exception {
    assertSameResults(first);
    assertThat(calls(first)).hasSizeGreaterThan(calls(untuned).size());
    remember();
    List<String> lines = choices();
    // four layers in training and four in the model
    assertThat(lines).hasSize(8).noneMatch(l -> l.endsWith("=reference"));
    assertThat(lines).allMatch(l -> Conv2dPass.implementations().contains(l.replaceAll(".*=", "")));

    ChildJvm.Result second = done(tuned());
    assertThat(ran(second)).isEqualTo(ran(first));
    assertThat(calls(second)).as("nothing is timed again").hasSameSizeAs(calls(untuned));
    assertThat(numbers(second)).isEqualTo(numbers(first));
  }

  private List<String> choices() throws IOException {
    return Files.readAllLines(file()).stream().filter(l -> !l.startsWith("#")).toList();
  }

  static List<String> implementations() {
    return Suite.FULL ? List.of("winograd", "direct", "im2col") : List.of("im2col");
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void usesWhatItRemembers(String implementation) throws Exception {
    remember();
    List<String> lines = new ArrayList<>(choices());
    assertThat(lines).filteredOn(l -> l.contains(SECOND)).hasSize(2);
    lines.replaceAll(l -> l.contains(SECOND) ? l.replaceAll("=.*", "=" + implementation) : l);
    Files.write(file(), lines);
    ChildJvm.Result r = done(tuned());
    assertThat(ran(r)).containsEntry("second", implementation);
    assertThat(calls(r)).hasSameSizeAs(calls(untuned));
    List<String> second =
        calls(r).stream().filter(l -> l.contains("x16x12x12 to 16x12x12, kernel 3x3")).toList();
    // three steps of three passes, an evaluation, the model
    assertThat(second).hasSize(11).allMatch(l -> l.contains("groups 1: " + implementation));
    assertSameResults(r);
  }

  @Test
  void ignoresADamagedFileAndMendsIt() throws Exception {
    remember();
    Path file = file();
    List<String> damages = List.of(Files.readString(file).replace("=", "=x"), "\\u12", "\0\0\0");
    for (String damage : Suite.first(1, damages)) {
      Files.writeString(file, damage);
      assertSameResults(done(tuned()));
      assertThat(choices()).filteredOn(l -> l.matches(".*=[a-z0-9]+")).hasSizeGreaterThan(7);
      assertThat(choices()).noneMatch(l -> l.contains("=x"));
    }
  }

  @Test
  void doesWithoutAFolderToWriteTo() throws Exception {
    Path notAFolder = Files.writeString(cache.resolve(NAME), "");
    ChildJvm.Result r =
        done(
            tuned()
                .environment("XDG_CACHE_HOME", notAFolder.toString())
                .environment("LOCALAPPDATA", notAFolder.toString()));
    assertSameResults(r);
    assertThat(notAFolder).isEmptyFile();
  }

  @Test
  @Tag("full")
  void processesAtOnceLeaveAWholeFile() throws Exception {
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(tuned().start(TuneMain.class));
    }
    for (Process p : all) {
      assertThat(p.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(p.exitValue()).isZero();
    }
    assertThat(choices()).isNotEmpty();
    done(tuned()); // what one wrote over another's is found again
    assertThat(choices()).hasSize(8);
  }

  @Test
  void forcedImplementationWins() throws Exception {
    ChildJvm.Result r = done(tuned().option("-Dtune.force=direct"));
    assertThat(ran(r).values()).containsOnly("direct");
    assertThat(calls(r)).hasSameSizeAs(calls(untuned));
    assertThat(file()).isNull();
  }

  @Test
  void strictStaysStrict() throws Exception {
    ChildJvm.Result r = done(tuned().option("-Dtune.strict=true"));
    assertThat(calls(r)).noneMatch(l -> l.contains("groups 1: winograd"));
    assertThat(choices()).hasSize(8).allMatch(l -> l.contains(",strict/"));
    assertSameResults(r);
  }

  static List<String> off() {
    return Suite.first(1, List.of("0", ""));
  }

  @ParameterizedTest
  @MethodSource("off")
  void offMeansOff(String value) throws Exception {
    ChildJvm.Result r = done(child().environment("QUERN_TUNE", value));
    assertThat(numbers(r)).isEqualTo(numbers(untuned));
    assertThat(file()).isNull();
  }

  static List<String> nonsense() {
    return Suite.FULL ? List.of(" 1", "2", "yes") : List.of(" 1");
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseIsRefusedByName(String value) throws Exception {
    ChildJvm.Result r = child().environment("QUERN_TUNE", value).run(TuneMain.class);
    assertThat(r.status()).as(r.output()).isEqualTo(IsaMain.REFUSED);
    assertThat(r.output())
        .contains("InvalidArgumentException tuning: QUERN_TUNE is " + value + "; it must be 0, 1");
  }
}
