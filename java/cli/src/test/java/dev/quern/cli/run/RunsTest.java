package dev.quern.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.cli.Cli;
import dev.quern.cli.Main;
import dev.quern.cli.ProcessTest;
import dev.quern.cli.Samples;
import dev.quern.error.NotFoundException;
import dev.quern.io.ModelFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The folders of runs that were given none. */
@Timeout(120)
class RunsTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 7, 3, 5, 9, 999_999_999);

  @TempDir Path dir;

  @Test
  void aFolderForEachRun() throws IOException {
    Path name = dir.resolve("runs/a-b");
    assertThat(Runs.make(name, NOW)).isEqualTo(name.resolve("2026-11-07T03-05-09")).isDirectory();
    assertThat(Runs.make(name, NOW)).isEqualTo(name.resolve("2026-11-07T03-05-09-2"));
    assertThat(Runs.make(name, NOW)).isEqualTo(name.resolve("2026-11-07T03-05-09-3"));
    assertThat(Runs.named("a b/ü", "mnist")).isEqualTo(Path.of("runs", "a_b__-mnist"));
  }

  @Test
  void runsThatBeginAtOnceDoNotShareOne() {
    Set<Path> all = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 50)
        .parallel()
        .forEach(
            i -> {
              try {
                all.add(Runs.make(dir, NOW));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(all).hasSize(50);
  }

  @Test
  void theNewestIsFoundInAFolderOfRuns() throws IOException {
    Path runs = dir.resolve("runs");
    assertThatThrownBy(() -> Runs.newest(runs))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("train: no run found in " + runs + " to resume");
    Path a = Files.createDirectories(runs.resolve("a/2026-11-27T13-05-09"));
    Path b = Files.createDirectories(runs.resolve("b/2026-11-27T13-05-08"));
    Files.createDirectories(runs.resolve("c/2026-11-27T13-05-10"));
    assertThatThrownBy(() -> Runs.newest(runs)).isInstanceOf(NotFoundException.class);
    Latest.lead(b);
    assertThat(Runs.newest(runs)).isEqualTo(b);
    Latest.lead(a);
    assertThat(Runs.newest(runs)).isEqualTo(a);
    assertThat(Runs.newest(runs.resolve("b"))).isEqualTo(b);
    Files.createDirectories(runs.resolve("b/checkpoints")); // by --out runs/b
    assertThat(Runs.newest(runs.resolve("b"))).isEqualTo(runs.resolve("b"));
  }

  private ProcessBuilder quern(Object... args) {
    return ProcessTest.quern(args).directory(dir.toFile()).redirectErrorStream(true);
  }

  private ProcessBuilder train(Object... more) throws IOException {
    Path net = Samples.network(dir.resolve("small.json"));
    List<Object> one = List.of("--data-dir", dir.resolve("data"), "--epochs", 1, "--threads", 1);
    List<Object> line = List.of("train", "--net", net, "--data", "mnist");
    return quern(Cli.joined(line, Cli.joined(one, more)));
  }

  private static List<String> lines(Process p, int status) throws Exception {
    List<String> lines = p.inputReader().lines().toList();
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(p.exitValue()).as(String.join("\n", lines)).isEqualTo(status);
    return lines;
  }

  @Test
  void processesGetFoldersOfTheirOwnAndLatestLeadsToTheNewest() throws Exception {
    Samples.write(dir.resolve("data"), 300, 100);
    Process[] both = {train().start(), train().start()};
    lines(both[0], 0);
    lines(both[1], 0);
    Path name = dir.resolve("runs/small-mnist");
    assertThat(folders(name)).hasSize(2).allMatch(f -> Files.exists(f.resolve("history.csv")));

    String last = lines(train("--seed", 5).start(), 0).get(4);
    Path newest = Latest.of(name).orElseThrow();
    assertThat(newest).isDirectory();
    assertThat(last).isEqualTo("model " + dir.relativize(newest.resolve("model.safetensors")));
    Path model = Path.of("runs/small-mnist/latest/model.safetensors");
    assertThat(ModelFile.load(dir.resolve(model)).provenance()).containsEntry("seed", "5");
    lines(several(reads(model)).start(), 0);
    Latest.leadByFile(newest); // as where there are no links
    List<List<Object>> rest = new ArrayList<>(reads(model));
    rest.add(List.of("train", "--resume"));
    rest.add(List.of("train", "--resume", "runs/small-mnist"));
    rest.add(List.of("train", "--resume", "runs/small-mnist/latest"));
    assertThat(lines(several(rest).start(), 0))
        .filteredOn(line -> line.startsWith("resumed from " + dir.relativize(newest)))
        .hasSize(3);
    assertThat(folders(name)).hasSize(3);
  }

  /** Command lines that read a model. */
  private List<List<Object>> reads(Path model) throws IOException {
    Path picture = dir.resolve("x.png");
    ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY), "png", picture.toFile());
    return List.of(
        List.of("predict", "--model", model, picture),
        List.of("eval", "--model", model, "--data-dir", dir.resolve("data")),
        List.of("summary", "--model", model));
  }

  /** Command lines that one process runs in the folder, one after the other. */
  private ProcessBuilder several(List<List<Object>> lines) {
    List<Object> words = new ArrayList<>();
    for (List<Object> line : lines) {
      words.addAll(line);
      words.add(Several.END);
    }
    ProcessBuilder builder = quern(words.toArray());
    builder.command().replaceAll(w -> w.equals(Main.class.getName()) ? Several.class.getName() : w);
    return builder;
  }

  /** The first that fails ends it, with the status of that. */
  static final class Several {
    static final String END = ";";

    private Several() {}

    public static void main(String[] args) {
      PrintWriter out = new PrintWriter(System.out, true);
      List<String> line = new ArrayList<>();
      int status = 0;
      for (String word : args) {
        if (!word.equals(END)) {
          line.add(word);
        } else if (status == 0) {
          status = Main.run(out, out, line.toArray(String[]::new));
          line.clear();
        }
      }
      out.flush();
      System.exit(status);
    }
  }

  private static List<Path> folders(Path name) throws IOException {
    try (var all = Files.list(name)) {
      return all.filter(f -> !f.endsWith(Latest.NAME)).sorted().toList();
    }
  }

  /** A run that fails before it has anything to keep leaves no trace. */
  @Test
  void nothingIsLeftOfARunThatCameToNothing() throws Exception {
    Samples.write(dir.resolve("data"), 300, 100);
    Path name = dir.resolve("runs/small-mnist");
    lines(train("--lr", "1e30").start(), 1);
    assertThat(name).isEmptyDirectory();
    lines(train().start(), 0);
    Path good = Latest.of(name).orElseThrow();
    lines(train("--lr", "1e30").start(), 1);
    assertThat(Latest.of(name)).contains(good);
    assertThat(folders(name)).containsExactly(good);
  }
}
