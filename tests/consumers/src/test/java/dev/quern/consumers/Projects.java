package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The applications, copied from {@code projects} and built by one run of Maven. */
final class Projects {
  private static final Path FROM = Path.of("projects");
  private static final Path TO = Repository.TARGET.resolve("projects");
  private static final Path ROOT = Path.of(System.getProperty("quern.root"));
  private static boolean copied;
  private static boolean built;

  private Projects() {}

  /** The folder of a built application; the jars that it needs are in {@code target/lib}. */
  static synchronized Path built(String name) throws Exception {
    if (!built) {
      copied(name);
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "package",
                  "dependency:copy-dependencies",
                  "-DincludeScope=runtime",
                  "-DoutputDirectory=target/lib"));
      if (!Repository.hasAllPlatforms()) { // as a user does who wants one
        arguments.add("-Djavacpp.platform=" + Repository.PLATFORM);
      }
      Repository.maven(TO, arguments.toArray(String[]::new));
      built = true;
    }
    return TO.resolve(name);
  }

  /** The folder of an application that is perhaps not built yet. */
  static synchronized Path copied(String name) throws IOException {
    if (!copied) {
      copy();
      copied = true;
    }
    return TO.resolve(name);
  }

  private static void copy() throws IOException {
    try (Stream<Path> all = Files.walk(FROM)) {
      for (Path p : (Iterable<Path>) all::iterator) {
        Path to = TO.resolve(FROM.relativize(p));
        if (Files.isDirectory(p)) {
          Files.createDirectories(to);
        } else {
          Files.copy(p, to, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    for (String name : List.of("classifiers", "modular", "shaded", "spring", "starter")) {
      Path folder = Files.createDirectories(TO.resolve(name).resolve("src/main/java/app"));
      Files.copy(
          FROM.resolve("Bars.java"),
          folder.resolve("Bars.java"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    pages();
  }

  /** Four are those of the pages: README's, and the manual's for Maven, Gradle and Spring Boot. */
  private static void pages() throws IOException {
    String page = "README.md";
    insert("plain/pom.xml", "<!-- README.*-->", block(page, "xml"));
    Path source = Files.createDirectories(TO.resolve("plain/src/main/java"));
    Files.writeString(source.resolve("Example.java"), block(page, "java"));
    String deployment = "java/manual/deployment.md";
    insert("classifiers/pom.xml", "<!-- the manual.*-->", block(deployment, "xml"));
    insert("gradle/build.gradle", "// the manual.*", block(deployment, "kotlin"));
    String serving = "java/manual/serving.md";
    insert("starter/pom.xml", "<!-- the manual.*-->", block(serving, "xml"));
    Path resources = Files.createDirectories(TO.resolve("starter/src/main/resources"));
    Files.writeString(resources.resolve("application.properties"), block(serving, "properties"));
    Path example = Files.createDirectories(TO.resolve("starter/src/main/java/com/example"));
    Files.writeString(example.resolve("Application.java"), block(serving, "java spring-boot"));
  }

  private static void insert(String file, String comment, String dependencies) throws IOException {
    assertThat(dependencies).contains(Repository.VERSION);
    String ours = dependencies.replace("linux-x86_64", Repository.PLATFORM);
    Path path = TO.resolve(file);
    String text = Files.readString(path);
    String inserted = text.replaceFirst(comment, Matcher.quoteReplacement(ours));
    assertThat(inserted).isNotEqualTo(text);
    Files.writeString(path, inserted);
  }

  /** The first block of a language in a page. */
  static String block(String page, String language) throws IOException {
    Matcher m =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve(page)));
    assertThat(m.find()).as(language + " in " + page).isTrue();
    return m.group(1);
  }
}
