package dev.quern.tests.release;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A module that users get: every one that the build has, but for those that call themselves
 * internal and those that only hold others.
 */
record Published(Path folder, Pom pom) {
  static final Path ROOT = Path.of(System.getProperty("quern.root")).toAbsolutePath();

  static List<Published> all() throws IOException {
    List<Published> all = new ArrayList<>();
    collect(ROOT, all);
    return all;
  }

  /** Those that have jars. */
  static List<Published> jars() throws IOException {
    return all().stream().filter(p -> !p.pom.text("/packaging").equals("pom")).toList();
  }

  private static void collect(Path folder, List<Published> all) throws IOException {
    Pom pom = Pom.read(folder.resolve("pom.xml"));
    List<String> modules = pom.all("/modules/module");
    if (modules.isEmpty() && !pom.text("/properties/quern.internal").equals("true")) {
      all.add(new Published(folder, pom));
    }
    for (String module : modules) {
      collect(folder.resolve(module), all);
    }
  }

  String version() throws IOException {
    return Pom.read(ROOT.resolve("pom.xml")).text("/version");
  }

  /** The POM that users get; whoever asks before the module is built is left out. */
  Pom flattened() throws IOException {
    Path file = folder.resolve("target/flattened-pom.xml");
    assumeThat(file).as(this + " is not built").exists();
    return Pom.read(file);
  }

  /**
   * The jars of this version that have been built, for all platforms. Sources and javadoc are a
   * release's, and may be left from an older one.
   */
  List<Path> built() throws IOException {
    Path target = folder.resolve("target");
    String name = pom.text("/artifactId") + "-" + version();
    if (!Files.exists(target)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(f -> f.getFileName().toString().matches(name + "(-.*)?\\.jar"))
          .filter(f -> !f.toString().matches(".*-(sources|javadoc)\\.jar"))
          .sorted()
          .toList();
    }
  }

  @Override
  public String toString() {
    return pom.text("/artifactId");
  }
}
