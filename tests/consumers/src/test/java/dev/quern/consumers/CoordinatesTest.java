package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the published POMs say to who depends on them. */
class CoordinatesTest {
  private static final Set<String> PLATFORMS =
      Set.of("linux-x86_64", "linux-arm64", "windows-x86_64", "macosx-arm64");

  /** Maven collects POMs for it, and no jars, so that the platforms need not be built. */
  @Test
  void oneCoordinateBringsThePlatforms() throws Exception {
    String tree = tree();
    assertThat(classifiers(tree, "dev.quern:quern-native")).isEqualTo(PLATFORMS);
    assertThat(classifiers(tree, "org.bytedeco:openblas")).isEqualTo(PLATFORMS);
    assertThat(tree)
        .contains("dev.quern:quern-core:jar:" + Repository.VERSION + ":compile")
        .contains("dev.quern:quern-io:jar:" + Repository.VERSION + ":compile")
        .contains("dev.quern:quern-image:jar:" + Repository.VERSION + ":compile")
        .doesNotContain(
            "junit",
            "assertj",
            "jspecify",
            "quern-reference",
            "quern-onnx",
            "quern-ocr",
            "quern-embed",
            "quern-report",
            "quern-serve",
            "quern-image-formats",
            "twelvemonkeys");
  }

  @Test
  void aPropertyNarrowsThemToOne() throws Exception {
    for (String platform : List.of("linux-x86_64", "macosx-arm64")) {
      String tree = tree("-Djavacpp.platform=" + platform);
      assertThat(classifiers(tree, "dev.quern:quern-native")).containsExactly(platform);
      assertThat(classifiers(tree, "org.bytedeco:openblas")).containsExactly(platform);
    }
  }

  private static String tree(String... arguments) throws Exception {
    Path project = Projects.copied("shaded");
    String[] all =
        Stream.concat(Stream.of("dependency:tree"), Stream.of(arguments)).toArray(String[]::new);
    return Repository.maven(project, all);
  }

  private static Set<String> classifiers(String tree, String artifact) {
    Matcher m = Pattern.compile(artifact + ":jar:(\\w+-\\w+):").matcher(tree);
    Set<String> found = new TreeSet<>();
    while (m.find()) {
      assertThat(found.add(m.group(1))).as("twice: %s", m.group(1)).isTrue();
    }
    return found;
  }

  /** The one coordinate and the BOM repeat them, since they are published without a parent. */
  @Test
  void versionsOfOtherLibrariesAreThoseOfTheCore() throws Exception {
    String openblas = "0\\.\\d+\\.\\d+-[0-9.]+";
    Set<String> versions = new TreeSet<>();
    for (String artifact : List.of("quern", "quern-bom")) {
      Matcher m =
          Pattern.compile("<openblas.version>(" + openblas + ")<")
              .matcher(Repository.pom(artifact));
      assertThat(m.find()).as(artifact).isTrue();
      versions.add(m.group(1));
    }
    String tree = tree();
    Matcher m = Pattern.compile("openblas:jar:(?:[a-z]\\S*:)?(" + openblas + "):").matcher(tree);
    while (m.find()) {
      versions.add(m.group(1));
    }
    assertThat(versions).hasSize(1);
    String core = Files.readString(Path.of(System.getProperty("quern.root"), "pom.xml"));
    assertThat(core).contains("<openblas.version>" + versions.iterator().next() + "<");
  }

  @Test
  void theBomNamesEveryArtifact() throws Exception {
    String bom = Repository.pom("quern-bom");
    for (String artifact : Repository.artifacts()) {
      if (!artifact.matches("quern-(bom|parent|java|tests|fuzz)")) {
        assertThat(bom).contains("<artifactId>" + artifact + "</artifactId>");
      }
    }
    assertThat(bom).doesNotContain("<parent>", "junit", "jackson");
  }
}
