package dev.quern.fuzz.faults;

import dev.quern.fuzz.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * All kinds of faults, by turns. A case's number and seed decide what is done; the moments at which
 * it is done pass as the machine runs, so that a case run again does the same, but may meet a run
 * elsewhere.
 */
public final class Faults implements AutoCloseable {
  /** Of which some are often, and some need a right or a tool. */
  private record Entry(String name, Program programOrNull, Right right, Fault fault) {}

  private static final List<Entry> ALL =
      List.of(
          new Entry("kills", Program.API, Right.NONE, Kills::several),
          new Entry("signal", Program.CLI, Right.SIGNALS, Kills::signal),
          new Entry("full disk", null, Right.MOUNT, Disks::full),
          new Entry("damaged checkpoint", null, Right.NONE, Kills::damaged),
          new Entry("kills", Program.CLI, Right.NONE, Kills::several),
          new Entry("second process", null, Right.NONE, Meetings::second),
          new Entry("read-only folder", null, Right.MOUNT, Disks::readOnly),
          new Entry("kills of process 1", null, Right.PROCESS_1, Kills::ofProcess1),
          new Entry("vanishing folder", null, Right.NONE, Disks::vanishing),
          new Entry("kills", null, Right.NONE, Kills::several),
          new Entry("file in the folder's place", null, Right.NONE, Disks::replaced),
          new Entry("limit on a file's size", null, Right.LIMITS, Disks::cut),
          new Entry("interrupt", Program.API, Right.NONE, Meetings::interrupt),
          new Entry("kills", null, Right.NONE, Kills::several),
          new Entry("limit on the heap", null, Right.NONE, Limits::heap),
          new Entry("limit on addresses", null, Right.LIMITS, Limits::addresses),
          new Entry("limit on open files", null, Right.LIMITS, Limits::files),
          new Entry("limit on threads", null, Right.THREADS, Limits::threads),
          new Entry("limit on memory", Program.API, Right.MEMORY, Limits::greedy),
          new Entry("kills of process 1", null, Right.PROCESS_1, Kills::ofProcess1),
          new Entry("damaged library", null, Right.NONE, Meetings::cache),
          new Entry("kill in extraction", null, Right.NONE, Meetings::extraction),
          new Entry("temporary folder", null, Right.MOUNT, Surroundings::temporary),
          new Entry("full watched folder", Program.CLI, Right.MOUNT, Surroundings::fullFolder),
          new Entry("two servers on a folder", Program.CLI, Right.NONE, Surroundings::twoServers),
          new Entry("limits on a server", Program.CLI, Right.LIMITS, Surroundings::limits),
          new Entry(
              "limit on a server's threads", Program.CLI, Right.THREADS, Surroundings::threads));

  private final Place place;
  private final Setup setup;
  private final List<Entry> possible = new ArrayList<>();
  private final Map<String, Integer> done = new TreeMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private int kills;
  private long peakBytes;

  /**
   * Tries what this machine allows, and trains once without faults.
   *
   * @param parent in which a folder for all is made, deleted by {@link #close}
   */
  public Faults(Path parent, String classPath) throws IOException, InterruptedException, Broken {
    place = new Place(parent);
    setup = new Setup(place.folder(), classPath);
    for (Entry e : ALL) {
      if (e.right.isGranted(place)) {
        possible.add(e);
      } else if (!leftOut.contains(e.name + ": " + e.right.need())) {
        leftOut.add(e.name + ": " + e.right.need());
      }
    }
  }

  /** Runs a case. */
  public void run(long number, long seed) throws IOException, InterruptedException, Broken {
    Entry e = possible.get((int) (number % possible.size()));
    SplittableRandom random = new SplittableRandom(seed);
    Program[] programs = Program.values();
    int drawn = random.nextInt(programs.length);
    Program program = e.programOrNull == null ? programs[drawn] : e.programOrNull;
    try (Scene scene = new Scene(setup, program, random.nextLong())) {
      scene.tell(e.name);
      try {
        e.fault.run(scene);
      } catch (IOException x) {
        if (Place.isEnding()) {
          throw x; // what a case meets then is no finding
        }
        throw scene.broken(Kind.UNTYPED, "the attacker itself does not fail", x.toString());
      } finally {
        done.merge(e.name, 1, Integer::sum);
        kills += scene.kills();
        peakBytes = Math.max(peakBytes, scene.peakBytes());
      }
    }
  }

  public long peakBytes() {
    return peakBytes;
  }

  /** How many kills and cases of which kind there were, and what was left out, and why. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add("kills: " + kills);
    notes.add("cases: " + done);
    leftOut.forEach(l -> notes.add("left out: " + l));
    return notes;
  }

  @Override
  public void close() throws IOException {
    place.close();
  }
}
