import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * What a repository must hold before it is published: checksums, signatures, POMs, jars. Each fault
 * is a line, and the exit status says if there is one.
 */
class CheckRelease {
  private static final Map<String, String> CHECKSUMS =
      Map.of(".md5", "MD5", ".sha1", "SHA-1", ".sha512", "SHA-512");
  private static final List<String> LIBRARIES =
      List.of(
          "quern-native", "quern-core", "quern-reference", "quern-io", "quern-image",
          "quern-image-formats", "quern-onnx", "quern-ocr", "quern-embed", "quern-spark",
          "quern-report", "quern-serve", "quern-micrometer", "quern-spring-boot-autoconfigure",
          "quern-spring-boot-starter", "quern-cli");

  private final List<String> faults = new ArrayList<>();
  private int checked;

  public static void main(String[] args) throws Exception {
    CheckRelease check = new CheckRelease();
    Map<String, List<Path>> artifacts = new TreeMap<>();
    try (Stream<Path> all = Files.walk(Path.of(args[0]))) {
      for (Path file : all.filter(Files::isRegularFile).filter(f -> !isProof(f)).toList()) {
        check.checksums(file);
        if (!file.getFileName().toString().startsWith("maven-metadata")) {
          check.signature(file);
          // .../ARTIFACT/VERSION/FILE
          String artifact = file.getParent().getParent().getFileName().toString();
          artifacts.computeIfAbsent(artifact, a -> new ArrayList<>()).add(file);
        }
      }
    }
    for (Map.Entry<String, List<Path>> e : artifacts.entrySet()) {
      check.artifact(e.getKey(), e.getValue());
    }
    if (!artifacts.keySet().containsAll(LIBRARIES)) {
      check.faults.add("not all of " + LIBRARIES + " in " + artifacts.keySet());
    }
    check.faults.forEach(f -> System.err.println("release: " + f));
    if (!check.faults.isEmpty()) {
      System.exit(1);
    }
    System.out.printf(
        "release: %d files of %s are whole and signed%n", check.checked, artifacts.keySet());
  }

  private static boolean isProof(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".asc") || CHECKSUMS.keySet().stream().anyMatch(name::endsWith);
  }

  private void checksums(Path file) throws Exception {
    checked++;
    for (Map.Entry<String, String> kind : CHECKSUMS.entrySet()) {
      Path beside = Path.of(file + kind.getKey());
      byte[] digest = MessageDigest.getInstance(kind.getValue()).digest(Files.readAllBytes(file));
      if (!Files.exists(beside)) {
        faults.add(beside + " is missing");
      } else if (!Files.readString(beside).strip().equals(HexFormat.of().formatHex(digest))) {
        faults.add(beside + " is another file's");
      }
    }
  }

  private void signature(Path file) throws IOException, InterruptedException {
    Path signature = Path.of(file + ".asc");
    if (!Files.exists(signature)) {
      faults.add(signature + " is missing");
      return;
    }
    Process gpg =
        new ProcessBuilder("gpg", "--batch", "--verify", signature.toString(), file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(gpg.getInputStream().readAllBytes());
    if (gpg.waitFor() != 0) {
      faults.add(signature + ": " + said.strip());
    }
  }

  private void artifact(String artifact, List<Path> files) throws IOException {
    TreeSet<String> kinds = new TreeSet<>();
    for (Path file : files) {
      // ARTIFACT-VERSION[-CLASSIFIER].EXTENSION, where a snapshot's version ends in -DATE.TIME-NUMBER
      String rest = file.getFileName().toString().substring(artifact.length());
      kinds.add(rest.replaceFirst("^-\\d+(\\.\\d+)*(-\\d+\\.\\d+-\\d+)?", ""));
      if (file.toString().endsWith(".jar")) {
        jar(file);
      } else if (file.toString().endsWith(".pom")) {
        pom(file);
      }
    }
    boolean isJar = kinds.contains(".jar");
    List<String> demanded = new ArrayList<>(List.of(".pom"));
    if (isJar) {
      demanded.addAll(List.of("-sources.jar", "-javadoc.jar", "-cyclonedx.json", "-cyclonedx.xml"));
    }
    if (artifact.equals("quern-native")) {
      demanded.add("-linux-x86_64.jar");
    }
    for (String kind : demanded) {
      if (!kinds.contains(kind)) {
        faults.add(artifact + ": no " + kind + " in " + kinds);
      }
    }
    if (artifact.equals("quern-core")) {
      bill(files.stream().filter(f -> f.toString().endsWith("-cyclonedx.json")).findFirst().orElseThrow());
    }
  }

  private void jar(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (String name : List.of("META-INF/LICENSE", "META-INF/NOTICE")) {
        if (zip.getEntry(name) == null) {
          faults.add(file + ": no " + name);
        }
      }
    }
  }

  /** PomTest reads these POMs element by element; here it is whether they are the ones deployed. */
  private void pom(Path file) throws IOException {
    String pom = Files.readString(file);
    for (String element : List.of("name", "description", "url", "licenses", "developers", "scm")) {
      if (!pom.contains("\n  <" + element + ">") && !pom.contains("\n  <" + element + " ")) {
        faults.add(file + ": no " + element);
      }
    }
    if (pom.contains("\n  <parent>")) {
      faults.add(file + ": has a parent, which is not published");
    }
  }

  private void bill(Path file) throws IOException {
    String bill = Files.readString(file);
    for (String part : List.of("pkg:maven/org.bytedeco/javacpp@", "pkg:maven/org.bytedeco/openblas@")) {
      if (!bill.contains(part)) {
        faults.add(file + ": does not name " + part);
      }
    }
  }
}
