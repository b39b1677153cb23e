package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.NotFoundException;
import dev.quern.io.ModelFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
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
        .hasMessage("train: there is no run in " + runs + " to go on with");
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
    reads(model);
    Latest.leadByFile(newest); // as where there are no links
    reads(model);

    for (String word : new String[] {"", "runs/small-mnist", "runs/small-mnist/latest"}) {
      List<Object> resume = new ArrayList<>(List.of("train", "--resume"));
      if (!word.isEmpty()) {
        resume.add(word);
      }
      assertThat(lines(quern(resume.toArray()).start(), 0).get(2))
          .startsWith("resumed from " + dir.relativize(newest));
    }
    assertThat(folders(name)).hasSize(3);
  }

  private void reads(Path model) throws Exception {
    Path picture = dir.resolve("x.png");
    ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY), "png", picture.toFile());
    lines(quern("predict", "--model", model, picture).start(), 0);
    lines(quern("eval", "--model", model, "--data-dir", dir.resolve("data")).start(), 0);
    lines(quern("summary", "--model", model).start(), 0);
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
