package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What GraalVM's native-image is told of classes that native code looks up, of classes that are
 * looked at by reflection, and of resources. No native-image is run here.
 */
class NativeImageTest {
  private static final String FOLDER = "META-INF/native-image/dev.quern/";
  private static final Pattern NAME = Pattern.compile("\"name\" ?: \"([^\"]+)\"");
  private static final Pattern PATTERN = Pattern.compile("\"pattern\" ?: \"([^\"]+)\"");

  /** As in {@code "dev/quern/bindings/Quern"}. */
  private static final Pattern LOOKED_UP =
      Pattern.compile("^ +\"((?:java|org/bytedeco|dev/quern)/[\\w/$]+)\"", Pattern.MULTILINE);

  private static Set<String> all(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    for (Matcher m = pattern.matcher(text); m.find(); ) {
      found.add(m.group(1));
    }
    return found;
  }

  private static String config(String name) throws IOException {
    try (InputStream in =
        NativeImageTest.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void everyClassThatTheGlueLooksUp() throws IOException {
    for (String glue : List.of("jniquern", "jnijavacpp")) {
      Path source = GoldenFile.root().resolve("native/target/glue").resolve(glue + ".cpp");
      Set<String> lookedUp = new TreeSet<>();
      for (String name : all(LOOKED_UP, Files.readString(source))) {
        lookedUp.add(name.replace('/', '.'));
      }
      assertThat(lookedUp).as(glue).hasSizeGreaterThan(20);
      assertThat(all(NAME, config(glue + "/jni-config.json"))).containsAll(lookedUp);
    }
  }

  /** JavaCPP finds its classes by name and reads the annotations of ours. */
  @Test
  void everyBindingIsSeenByReflection() throws IOException {
    Set<String> known = all(NAME, config("jniquern/reflect-config.json"));
    Path classes = GoldenFile.root().resolve("native/target/classes/dev/quern/bindings");
    try (Stream<Path> files = Files.list(classes)) {
      List<String> names =
          files
              .map(f -> f.getFileName().toString())
              .filter(f -> f.endsWith(".class"))
              .map(f -> "dev.quern.bindings." + f.replace(".class", ""))
              .toList();
      assertThat(names).hasSizeGreaterThan(10);
      assertThat(known).containsAll(names).contains("dev.quern.presets.QuernConfig");
    }
  }

  private static boolean isKnown(String resource) throws IOException {
    String patterns =
        config("quern-core/resource-config.json") + config("jniquern/resource-config.json");
    return all(PATTERN, patterns).stream().anyMatch(p -> resource.matches(p.replace("\\\\", "\\")));
  }

  @Test
  void everyResourceThatTrainingLooksUp() throws Exception {
    ChildJvm.Result result = new ChildJvm().run(ResourcesMain.class);
    assertThat(result.status()).as(result.output()).isZero();
    List<String> resources = result.output().lines().toList();
    assertThat(resources)
        .anyMatch(r -> r.contains("jniquern"))
        .anyMatch(r -> r.contains("openblas."))
        .anyMatch(r -> r.contains("properties"));
    for (String resource : resources) {
      assertThat(isKnown(resource)).as(resource).isTrue();
    }
  }

  @Test
  void everyPlatformsLibraries() throws IOException {
    for (String name :
        List.of(
            "dev/quern/linux-arm64/libjniquern.so",
            "dev/quern/windows-x86_64/jniquern.dll",
            "dev/quern/macosx-arm64/libjniquern.dylib",
            "org/bytedeco/openblas/linux-arm64/libopenblas.so.0",
            "org/bytedeco/openblas/linux-x86_64/libquadmath.so.0",
            "org/bytedeco/openblas/linux-x86_64/libgcc_s.so.1",
            "org/bytedeco/openblas/windows-x86_64/libopenblas.dll",
            "org/bytedeco/openblas/macosx-arm64/libgfortran.5.dylib",
            "org/bytedeco/openblas/macosx-arm64/libopenblas.0.dylib")) {
      assertThat(isKnown(name)).as(name).isTrue();
    }
    assertThat(isKnown("org/bytedeco/openblas/linux-x86_64/libjniopenblas.so")).isFalse();
    assertThat(isKnown("org/bytedeco/openblas/linux-x86_64/include/lapack.h")).isFalse();
  }
}
