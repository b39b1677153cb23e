package dev.quern.fuzz.faults;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.fuzz.Kind;
import dev.quern.io.Checkpoints;
import dev.quern.io.ModelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** A case: a program with a folder that it trains in, chances, and the story of what was done. */
final class Scene implements AutoCloseable {
  private static final int NEITHER = -1;

  final Setup setup;
  final Program program;
  final SplittableRandom random;
  final Place place;
  private Path run;
  private final StringBuilder story = new StringBuilder();
  private final List<Run> runs = new ArrayList<>();
  private int logs;
  private int kills;
  private long peakBytes;

  Scene(Setup setup, Program program, long seed) throws IOException {
    this.setup = setup;
    this.program = program;
    this.random = new SplittableRandom(seed);
    this.place = new Place(setup.work());
    this.run = place.folder().resolve("run");
  }

  Path run() {
    return run;
  }

  /** Trains in a folder of another file system. */
  void moveTo(Path folder) {
    run = folder;
  }

  void tell(String what) {
    story.append(what).append('\n');
  }

  Broken broken(Kind kind, String expected, String more) {
    return new Broken(kind, program + ": expected: " + expected + "\n\n" + story + more);
  }

  void require(boolean holds, String expected) throws Broken {
    if (!holds) {
      throw broken(Kind.WRONG, expected, "files: " + Tools.names(run) + "\n");
    }
  }

  /** Starts training, or goes on where there is a checkpoint. */
  Run start(String... prefix) throws IOException {
    return start(List.of(prefix), List.of());
  }

  Run start(List<String> prefix, List<String> options) throws IOException {
    boolean resume =
        Tools.names(program.checkpoints(run)).stream().anyMatch(n -> n.startsWith("checkpoint-"));
    return launch(prefix, options, program.words(setup.work(), run, resume));
  }

  Run launch(List<String> prefix, List<String> options, List<String> words) throws IOException {
    Path log = place.folder().resolve("log" + logs++);
    Run started = new Run(this, setup.command(prefix, options, words), log);
    runs.add(started);
    return started;
  }

  void ended(long peak) {
    peakBytes = Math.max(peakBytes, peak);
  }

  void kill(Run r) throws IOException, InterruptedException, Broken {
    r.kill();
    kills += r.wasKilled() ? 1 : 0;
  }

  int kills() {
    return kills;
  }

  long peakBytes() {
    return peakBytes;
  }

  /** Goes on to the end without faults: the weights are those of a run that had none. */
  void finish() throws IOException, InterruptedException, Broken {
    long before = newest();
    requireEnd(start(), 0);
    requireBits();
    require( // they go when one is written
        newest() == before
            || Tools.names(program.checkpoints(run)).stream().noneMatch(n -> n.endsWith(".tmp")),
        "no temporary file is left");
  }

  void requireEnd(Run r, int status) throws IOException, InterruptedException, Broken {
    int ended = r.end();
    require(ended == status, "status " + status);
  }

  void requireBits() throws IOException, Broken {
    require(Files.exists(program.model(run)), "a model");
    require(bits().equals(setup.whole(program).bits()), "the bits of a run without faults");
  }

  /** A checksum of the trained weights. */
  String bits() {
    CRC32 crc = new CRC32();
    new TreeMap<>(new HashMap<>(ModelFile.load(program.model(run)).weights()))
        .forEach(
            (name, values) -> {
              ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
              bytes.asFloatBuffer().put(values);
              crc.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
              crc.update(bytes);
            });
    return Long.toHexString(crc.getValue());
  }

  long checkpointBytes() throws IOException {
    Path folder = program.checkpoints(run);
    return Tools.names(folder).stream()
        .filter(n -> n.startsWith("checkpoint-"))
        .mapToLong(n -> folder.resolve(n).toFile().length())
        .max()
        .orElseThrow();
  }

  /**
   * The steps of the newest checkpoint, which must be whole as all that have a name; -1 for none.
   */
  long newest() throws Broken {
    List<String> damaged = new ArrayList<>();
    try {
      long steps =
          Checkpoints.in(program.checkpoints(run))
              .warnings(damaged::add)
              .latest()
              .state()
              .progress()
              .steps();
      require(damaged.isEmpty(), "every checkpoint is whole: " + damaged);
      return steps;
    } catch (NotFoundException e) {
      return NEITHER;
    } catch (FormatException e) {
      throw broken(Kind.WRONG, "every checkpoint is whole", e.toString());
    } catch (QuernException e) {
      throw broken(Kind.UNTYPED, "checkpoints can be looked at", e.toString());
    }
  }

  /** The newest is not older than that one. */
  long requireNotLost(long before) throws Broken {
    long now = newest();
    require(now >= before, "the checkpoint of step " + before + " or a later one, not " + now);
    return now;
  }

  /** A moment after the start, or none if the run has ended before. */
  boolean waitForCheckpoint(Run r) throws InterruptedException {
    List<String> before = sorted();
    while (before.equals(sorted()) && r.isAliveAfter(1_000_000)) {
      // it has written nothing yet
    }
    return r.isAliveAfter(1);
  }

  private List<String> sorted() {
    String[] names = program.checkpoints(run).toFile().list((d, n) -> n.startsWith("checkpoint-"));
    String[] present = names == null ? new String[0] : names;
    Arrays.sort(present);
    return List.of(present);
  }

  @Override
  public void close() throws IOException {
    for (Run r : runs) {
      r.abandon();
    }
    place.close();
  }
}
