import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts the faults of {@code mutants.txt} into a copy of the tree, one at a time, and says which tests fail: README.md
 * beside this file tells more.
 */
public final class Mutants {
  private static final String USAGE =
      "java tests/mutants/Mutants.java [--check] [--only NAME,...] [--named-only] [--full] [--work FOLDER]";

  private static final String CTEST = "ctest:";
  private static final String PASS = "not caught";

  /** What a mutant may take that makes a test hang. */
  private static final long NAMED_MINUTES = 10;

  private static final long ALL_MINUTES = 90;

  /**
   * A fault.
   *
   * @param kind one line that says what is wrong
   * @param file from the root of the tree
   * @param caught tests that are expected to fail, cheapest first
   * @param from lines that stand in the file once
   * @param to lines that come in their place
   */
  record Mutant(String name, String kind, String file, List<String> caught, String from, String to) {
    boolean isNative() {
      return file.startsWith("native/");
    }

    /** The Maven module that the file is of. */
    String module() {
      return isNative() ? "native" : file.substring(0, file.indexOf("/src/"));
    }

    /** The text with the fault in it; empty where its place is not there once. */
    Optional<String> in(String text) {
      int at = text.indexOf(from);
      boolean once = at >= 0 && text.indexOf(from, at + 1) < 0;
      return once
          ? Optional.of(text.substring(0, at) + to + text.substring(at + from.length()))
          : Optional.empty();
    }
  }

  /** How a program ended, and what it said; {@code null} for one that hung. */
  private record Ended(Integer status, String output) {
    boolean isGood() {
      return status != null && status == 0;
    }
  }

  /** What became of a mutant: how, and by which test. */
  private record Result(Mutant of, String how, String by, double seconds) {}

  private final Path root;
  private final Path work;
  private final Path tree;
  private final boolean full;
  private final boolean namedOnly;

  private Mutants(Path root, Path work, boolean full, boolean namedOnly) {
    this.root = root;
    this.work = work;
    this.full = full;
    this.namedOnly = namedOnly;
    tree = work.resolve("tree");
  }

  public static void main(String[] args) throws Exception {
    Path root = Path.of("").toAbsolutePath();
    List<Mutant> all = read(root.resolve("tests/mutants/mutants.txt"));
    Set<String> only = new LinkedHashSet<>();
    Path work = null;
    boolean check = false;
    boolean full = false;
    boolean namedOnly = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--check" -> check = true;
        case "--full" -> full = true;
        case "--named-only" -> namedOnly = true;
        case "--only" -> only.addAll(List.of(args[++i].split(",")));
        case "--work" -> work = Path.of(args[++i]).toAbsolutePath();
        default -> throw new IllegalArgumentException(USAGE);
      }
    }
    List<Mutant> some =
        all.stream().filter(m -> only.isEmpty() || only.contains(m.name())).toList();
    if (some.size() < only.size()) {
      throw new IllegalArgumentException("some of " + only + " are not in mutants.txt");
    }
    requireFresh(root, all);
    if (check) {
      System.out.println(all.size() + " mutants apply");
      return;
    }
    boolean own = work == null;
    Path folder = own ? Files.createTempDirectory("quern-mutants") : Files.createDirectories(work);
    List<Result> results = new Mutants(root, folder, full, namedOnly).run(some);
    tell(results);
    if (own) {
      delete(folder);
    }
    System.exit(results.stream().allMatch(r -> r.how().equals("caught")) ? 0 : 1);
  }

  /** Each is its fields, a line each, and then lines of a diff. */
  private static List<Mutant> read(Path file) throws IOException {
    List<Mutant> all = new ArrayList<>();
    for (String part : ("\n" + Files.readString(file)).split("\nmutant ")) {
      List<String> lines = part.lines().filter(l -> !l.isEmpty() && !l.startsWith("#")).toList();
      if (!lines.isEmpty()) {
        all.add(
            new Mutant(
                lines.get(0),
                field(lines.get(1), "kind "),
                field(lines.get(2), "file "),
                List.of(field(lines.get(3), "caught ").split(" ")),
                side(lines, '+'),
                side(lines, '-')));
      }
    }
    return all;
  }

  private static String field(String line, String name) {
    if (!line.startsWith(name)) {
      throw new IllegalArgumentException("mutants.txt: '" + line + "' does not begin with " + name);
    }
    return line.substring(name.length());
  }

  private static String side(List<String> lines, char other) {
    return lines.stream()
        .skip(4)
        .filter(l -> l.charAt(0) != other)
        .map(l -> "\n" + l.substring(1))
        .collect(Collectors.joining())
        .concat("\n");
  }

  private static void requireFresh(Path root, List<Mutant> all) throws IOException {
    List<String> stale = new ArrayList<>();
    for (Mutant m : all) {
      Path file = root.resolve(m.file());
      if (!Files.exists(file) || m.in(Files.readString(file)).isEmpty()) {
        stale.add(m.name() + ": its lines are not in " + m.file() + ", or more than once");
      }
    }
    if (!stale.isEmpty()) {
      System.err.println(String.join("\n", stale));
      System.exit(2);
    }
  }

  private List<Result> run(List<Mutant> some) throws Exception {
    copy();
    build(some);
    String[] before = named(ALL_MINUTES, Set.of(), some.stream().flatMap(m -> m.caught().stream()).toList());
    if (!before[0].equals(PASS)) {
      throw new IOException("without a mutant, too: " + String.join(": ", before));
    }
    List<Result> results = new ArrayList<>();
    for (Mutant m : some) {
      long begin = System.nanoTime();
      Path file = tree.resolve(m.file());
      String text = Files.readString(file);
      Result r;
      try {
        Files.writeString(file, m.in(text).orElseThrow());
        String[] found = look(m);
        r = new Result(m, found[0], found[1], (System.nanoTime() - begin) * 1e-9);
      } finally {
        Files.writeString(file, text);
      }
      System.out.println(line(r));
      results.add(r);
    }
    return results;
  }

  /** How the mutant fares, and what says so. */
  private String[] look(Mutant m) throws Exception {
    String[] found = named(NAMED_MINUTES, Set.of(m.module()), m.caught());
    if (!found[0].equals(PASS) || namedOnly) {
      return found;
    }
    Ended e = maven(ALL_MINUTES, "-fae", "verify");
    return e.isGood() ? new String[] {"survived", ""} : verdict(e, "mvn -B verify");
  }

  /** Runs tests by their names in mutants.txt until one fails, after the modules that they do not lie in are built. */
  private String[] named(long minutes, Set<String> changed, List<String> tests) throws Exception {
    List<String> ctests = tests.stream().filter(t -> t.startsWith(CTEST)).distinct().toList();
    if (!ctests.isEmpty()) { // Maven's last configuration has none of them
      start(minutes, "cmake", "-DQUERN_TESTS=ON", buildFolder());
    }
    for (String test : ctests) {
      String name = test.substring(CTEST.length());
      Ended built =
          start(minutes, "cmake", "--build", buildFolder(), "--parallel", "2", "--target", name + "_test");
      if (!built.isGood()) {
        return broken(built);
      }
      // an emulator's processor has none of the instruction sets that are compiled here
      Ended e = start(minutes, "ctest", "--test-dir", buildFolder(), "-R", "^" + name + "(\\.|$)",
              "-E", "without_avx", "--output-on-failure", "--no-tests=error");
      if (!e.isGood()) {
        return new String[] {"caught", e.status() == null ? test + " (hangs)" : test};
      }
    }
    List<String> java = tests.stream().filter(t -> !t.startsWith(CTEST)).distinct().toList();
    if (!java.isEmpty()) {
      Set<String> modules = new LinkedHashSet<>(changed);
      java.forEach(t -> modules.add(module(t)));
      String classes = java.stream().map(t -> t.substring(t.indexOf(':') + 1)).collect(Collectors.joining(","));
      Ended e = part(minutes, "-pl", String.join(",", modules), "-Dctest.skip",
              "-Dsurefire.failIfNoSpecifiedTests=false", "-Dtest=" + classes, "test");
      if (!e.isGood()) {
        return verdict(e, String.join(" ", java));
      }
    }
    return new String[] {PASS, "the named tests pass"};
  }

  private String[] verdict(Ended e, String tests) throws IOException {
    if (e.status() == null) {
      return new String[] {"caught", tests + " (hangs)"};
    }
    Matcher failed = Pattern.compile("(?m)^\\[ERROR\\] +(?:Run \\d+: )?(\\w+Test\\w*[.>][\\w.>$]+)").matcher(e.output());
    if (failed.find()) {
      return new String[] {"caught", failed.group(1)};
    }
    Matcher ctest = Pattern.compile("(?m)^\\s*\\d+ - (\\S+) \\((Failed|Timeout|SEGFAULT|.*)\\)").matcher(e.output());
    return ctest.find() ? new String[] {"caught", "ctest:" + ctest.group(1)} : broken(e);
  }

  /** A build that fails says nothing about tests; what it said is kept. */
  private String[] broken(Ended e) throws IOException {
    Path log = Files.createTempFile(work, "broken", ".txt");
    Files.writeString(log, String.valueOf(e.output()));
    return new String[] {"does not compile", log.toString()};
  }

  /** The files that git knows or would, as they are now; those that are unchanged keep their times. */
  private void copy() throws Exception {
    Files.createDirectories(tree);
    Ended listed = start(root, 1, Map.of(), List.of("git", "ls-files", "-coz", "--exclude-standard"));
    Set<Path> names = new HashSet<>();
    for (String name : listed.output().split("\0")) {
      Path from = root.resolve(name);
      Path to = tree.resolve(name);
      if (Files.isRegularFile(from)) {
        names.add(to);
        if (!Files.exists(to) || Files.mismatch(from, to) >= 0) {
          Files.createDirectories(to.getParent());
          Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    try (Stream<Path> had = Files.walk(tree)) { // of an earlier call
      for (Path file : had.filter(Files::isRegularFile).toList()) {
        if (!names.contains(file) && !tree.relativize(file).toString().matches("(.*/)?target/.*")) {
          Files.delete(file);
        }
      }
    }
  }

  /** The modules of mutants and named tests, with kernels for this processor's best instruction set alone. */
  private void build(List<Mutant> some) throws Exception {
    System.out.println("building " + tree);
    Set<String> modules = new LinkedHashSet<>();
    for (Mutant m : some) {
      modules.add(m.module());
      m.caught().stream().filter(t -> !t.startsWith(CTEST)).map(Mutants::module).forEach(modules::add);
    }
    Ended e = part(ALL_MINUTES, "-DskipTests", "install", "-am", "-pl", String.join(",", modules));
    if (!e.isGood()) {
      throw new IOException("the tree itself does not build:\n" + e.output());
    }
  }

  /** Of a named test. */
  private static String module(String test) {
    return test.substring(0, test.indexOf(':'));
  }

  private String buildFolder() throws IOException {
    try (Stream<Path> all = Files.list(tree.resolve("native/target/cmake"))) {
      return all.findFirst().orElseThrow().toString();
    }
  }

  /** Maven for some modules: a file that is changed is compiled, and no other; nothing is checked but tests. */
  private Ended part(long minutes, String... args) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-q",
                "-Dspotless.check.skip=true",
                "-Dmdep.analyze.skip=true",
                "-Dmaven.compiler.useIncrementalCompilation=false",
                "-Dnative.tiers=native"));
    all.addAll(List.of(args));
    return maven(minutes, all.toArray(new String[0]));
  }

  /** In the copy, whose modules are installed into a repository of its own in front of the user's. */
  private Ended maven(long minutes, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("mvn", "-B"));
    command.add("-Dmaven.repo.local=" + work.resolve("repository"));
    command.add("-Dmaven.repo.local.tail=" + repository());
    if (full) {
      command.add("-Pfull");
    }
    command.addAll(List.of(args));
    return start(minutes, command.toArray(new String[0]));
  }

  /** The user's, which MAVEN_ARGS may name. */
  private static String repository() {
    Matcher named =
        Pattern.compile("-Dmaven\\.repo\\.local=(\\S+)")
            .matcher(System.getenv().getOrDefault("MAVEN_ARGS", ""));
    return named.find() ? named.group(1) : System.getProperty("user.home") + "/.m2/repository";
  }

  private Ended start(long minutes, String... command) throws Exception {
    Map<String, String> more = full ? Map.of("QUERN_TEST_FULL", "true") : Map.of();
    return start(tree, minutes, more, List.of(command));
  }

  private static Ended start(Path in, long minutes, Map<String, String> more, List<String> command)
      throws Exception {
    File out = File.createTempFile("quern-mutants", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).redirectOutput(out);
      builder.environment().putAll(more);
      Process p = builder.start();
      boolean ended = p.waitFor(minutes, TimeUnit.MINUTES);
      if (!ended) {
        p.descendants().forEach(ProcessHandle::destroyForcibly);
        p.destroyForcibly().waitFor();
      }
      return new Ended(ended ? p.exitValue() : null, Files.readString(out.toPath()));
    } finally {
      out.delete();
    }
  }

  private static String line(Result r) {
    return String.format(Locale.ROOT, "| %s | %s | %s | %.0f |", r.of().name(), r.how(), r.by(), r.seconds());
  }

  private static void tell(List<Result> results) {
    Map<String, Long> counts =
        results.stream().collect(Collectors.groupingBy(Result::how, TreeMap::new, Collectors.counting()));
    System.out.println(results.size() + " mutants: " + counts);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) { // what a folder has comes before it
        Files.delete(file);
      }
    }
  }
}
